import { markdownSummary } from '../../pipeline/markdown-summary.ts';
import type { PageRecord } from '../../render/page-record.ts';
import { shellCommand } from '../../wording/shell-command.ts';
import type { TimeView } from '../charts/time-view.ts';
import { copyButton } from '../parts/copy-button.ts';
import { type Child, el } from '../parts/elements.ts';
import { verdictOf } from '../sections/top/verdict-section.ts';
import { wholeRunButton } from './zoom-note.ts';

/** The bar that stays on top of the page: which run, its verdict, its parts, what the charts show, and ways to share it. */
export class PageBar {
  readonly element: HTMLElement;
  readonly #where = el('p', 'where');
  readonly #parts = el('nav', 'parts');
  readonly #status = el('p', 'status');
  #record: PageRecord | undefined;

  constructor(time: TimeView, home: string | undefined, settings: readonly Child[]) {
    this.#status.setAttribute('role', 'status');
    this.#parts.setAttribute('aria-label', 'Parts of the report');
    this.element = el(
      'header',
      'bar',
      home === undefined ? el('p', 'brand', 'chatstorm') : allRuns(home),
      this.#where,
      this.#parts,
      this.#status,
      wholeRunButton(time),
      menu('Share', this.#share()),
      menu('Options', settings),
    );
  }

  /** Tells of a run, whose page is in `panel`. */
  show(record: PageRecord, panel: HTMLElement): void {
    this.#record = record;
    const word = verdictOf(record);
    this.#where.replaceChildren(el('span', 'word', word), el('bdi', '', record.scenario.name));
    this.#where.dataset.verdict = word;
    const headings = [...panel.querySelectorAll<HTMLElement>('section > h2')];
    this.#parts.replaceChildren(...headings.map(linkTo));
    this.element.hidden = false;
  }

  /** Says something about the page itself; an empty sentence takes it back. */
  say(sentence: string, kind: 'plain' | 'live' = 'plain'): void {
    this.#status.className = `status ${kind}`;
    // What changes each second would keep a screen reader talking.
    this.#status.ariaLive = kind === 'live' ? 'off' : 'polite';
    if (this.#status.textContent !== sentence) this.#status.textContent = sentence;
  }

  #share(): Child[] {
    const of = (text: (record: PageRecord) => string) => () => (this.#record ? text(this.#record) : '');
    return [
      copyButton(
        'Copy the summary as Markdown',
        of((record) => markdownSummary([record])),
      ),
      copyButton('Copy the link to this view', () => location.href),
      copyButton(
        'Copy the command',
        of(({ command }) => shellCommand(command)),
      ),
    ];
  }
}

function allRuns(home: string): HTMLElement {
  const link = el('a', 'brand', '← All runs');
  link.href = home;
  return link;
}

/** Goes to a part without touching the address: that says what the charts show. */
function linkTo(heading: HTMLElement): HTMLElement {
  const link = el('a', '', heading.textContent ?? '');
  link.href = `#${heading.id}`;
  link.addEventListener('click', (event) => {
    event.preventDefault();
    heading.scrollIntoView();
    heading.tabIndex = -1;
    heading.focus({ preventScroll: true });
  });
  return link;
}

function menu(name: string, items: readonly Child[]): HTMLElement {
  const details = el('details', 'menu', el('summary', '', name), el('div', 'items', ...items));
  document.addEventListener('click', ({ target }) => {
    if (!(target instanceof Node && details.contains(target))) details.open = false;
  });
  document.addEventListener('keydown', ({ key }) => {
    if (key === 'Escape') details.open = false;
  });
  return details;
}
