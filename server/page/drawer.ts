import { byId } from './dom.ts';

/** A panel at the side that is a drawer over the conversation where the page is narrow. */
export interface Drawer {
  readonly panel: HTMLElement;
  readonly opener: HTMLElement;
  readonly closer: HTMLElement;
  /** The class of the page while it is open. */
  readonly openClass: string;
  /** What in the panel gets the focus when it opens over the conversation. */
  readonly focus: string;
  /** Where it stands beside the conversation instead: there it is open to begin with, and the opener closes it, too. */
  readonly beside?: MediaQueryList;
}

/** Opens a drawer by its opener; closes it by its closer, by Escape, or by a click beside it. Gives a way to set it. */
export function drawer({ panel, opener, closer, openClass, focus, beside }: Drawer): (open: boolean) => void {
  const isOpen = () => document.body.classList.contains(openClass);
  const show = (open: boolean) => {
    document.body.classList.toggle(openClass, open);
    opener.setAttribute('aria-expanded', String(open));
  };
  const set = (open: boolean) => {
    const wasOpen = isOpen();
    show(open);
    if (open && !beside?.matches) panel.querySelector<HTMLElement>(focus)?.focus();
    else if (wasOpen && !open) opener.focus();
  };
  opener.addEventListener('click', () => set(!isOpen()));
  closer.addEventListener('click', () => set(false));
  byId('shade').addEventListener('click', () => set(false));
  addEventListener('keydown', ({ key }) => key === 'Escape' && !beside?.matches && set(false));
  beside?.addEventListener('change', ({ matches }) => show(matches));
  if (beside?.matches) show(true);
  return set;
}
