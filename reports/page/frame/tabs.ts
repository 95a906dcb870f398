import { el } from '../parts/elements.ts';

/** Tabs after WAI-ARIA's pattern: one of them takes the focus, arrows, Home and End go to the others and open them. */
export class Tabs {
  readonly list: HTMLElement;
  readonly #buttons: readonly HTMLButtonElement[];
  readonly #panels: readonly HTMLElement[];
  readonly #selected: (tab: number) => void;

  constructor(
    names: readonly string[],
    panels: readonly HTMLElement[],
    first: number,
    selected: (tab: number) => void,
  ) {
    this.#panels = panels;
    this.#selected = selected;
    this.#buttons = names.map((name, i) => this.#button(name, i));
    this.list = el('div', 'tabs', ...this.#buttons);
    this.list.setAttribute('role', 'tablist');
    this.list.setAttribute('aria-label', 'Runs');
    for (const [i, panel] of panels.entries()) {
      panel.id = `run-${i + 1}`;
      panel.setAttribute('role', 'tabpanel');
      panel.setAttribute('aria-labelledby', `tab-${i + 1}`);
    }
    this.#mark(first);
  }

  select(tab: number): void {
    this.#mark(tab);
    this.#selected(tab);
  }

  #button(name: string, at: number): HTMLButtonElement {
    const button = el('button', '', el('bdi', '', name));
    button.type = 'button';
    button.id = `tab-${at + 1}`;
    button.setAttribute('role', 'tab');
    button.setAttribute('aria-controls', `run-${at + 1}`);
    button.addEventListener('click', () => this.select(at));
    button.addEventListener('keydown', (event) => {
      const last = this.#panels.length - 1;
      const to = { ArrowRight: at === last ? 0 : at + 1, ArrowLeft: at === 0 ? last : at - 1, Home: 0, End: last };
      const next = (to as Readonly<Record<string, number>>)[event.key];
      if (next === undefined) return;
      event.preventDefault();
      this.select(next);
      this.#buttons[next]?.focus();
    });
    return button;
  }

  #mark(tab: number): void {
    for (const [i, button] of this.#buttons.entries()) {
      button.setAttribute('aria-selected', String(i === tab));
      button.tabIndex = i === tab ? 0 : -1;
      this.#panels[i]!.hidden = i !== tab;
    }
  }
}
