import type { TimeView } from '../charts/time-view.ts';
import { el } from '../parts/elements.ts';
import { timeOf } from '../parts/format.ts';

/** Says which stretch the charts show, as long as it is not all of it, and leads back. */
export function wholeRunButton(time: TimeView): HTMLElement {
  const words = el('span', '');
  const button = el('button', '', 'Whole run');
  button.type = 'button';
  button.addEventListener('click', () => time.zoom(null));
  const note = el('div', 'zoomed', words, button);
  note.setAttribute('role', 'region');
  note.setAttribute('aria-label', 'Zoom');
  const tell = () => {
    const { stretch } = time;
    note.hidden = stretch === null;
    const said = stretch === null ? '' : `Charts show ${timeOf(stretch.from)} to ${timeOf(stretch.to)}.`;
    if (words.textContent !== said) words.textContent = said;
  };
  tell();
  time.watch(tell);
  return note;
}
