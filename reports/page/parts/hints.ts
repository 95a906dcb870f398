import { el } from './elements.ts';

/** Explains an element: on hover, on focus (and so by a tap), and to those who listen. */
export function hinted<T extends HTMLElement>(element: T, hint: string): T {
  element.dataset.hint = hint;
  element.ariaDescription = hint;
  if (!(element instanceof HTMLButtonElement)) element.tabIndex = 0;
  return element;
}

/** Shows the hint of whatever is pointed at or has the focus, in one box for the whole page; Escape takes it away. */
export function showHints(): void {
  const box = el('div', 'hint');
  box.hidden = true;
  box.setAttribute('aria-hidden', 'true');
  document.body.append(box);
  const hide = () => {
    box.hidden = true;
  };
  const show = ({ target }: Event) => {
    const of = target instanceof Element ? target.closest<HTMLElement>('[data-hint]') : null;
    if (!of) return hide();
    box.textContent = of.dataset.hint ?? '';
    box.hidden = false;
    const { left, top, bottom } = of.getBoundingClientRect();
    const { offsetWidth: width, offsetHeight: height } = box;
    const below = bottom + GAP + height < innerHeight;
    box.style.left = `${Math.max(GAP, Math.min(left, document.documentElement.clientWidth - width - GAP))}px`;
    box.style.top = `${below ? bottom + GAP : Math.max(GAP, top - height - GAP)}px`;
  };
  for (const event of ['mouseover', 'focusin']) document.addEventListener(event, show);
  for (const event of ['mouseout', 'focusout']) document.addEventListener(event, hide);
  addEventListener('scroll', hide, { passive: true });
  document.addEventListener('keydown', ({ key }) => key === 'Escape' && hide());
}

/** Around the box, px. */
const GAP = 6;
