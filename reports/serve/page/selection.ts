const sides = ['base', 'new'] as const;
type Side = (typeof sides)[number];

/** Which runs are chosen for a comparison. They stay chosen while the list shows others, and when it is replaced. */
export class Selection {
  readonly #form: HTMLFormElement;
  readonly #sideOf = new Map<string, Side>();
  readonly #hint: string;

  constructor(form: HTMLFormElement) {
    this.#form = form;
    this.#hint = this.#chosen.textContent;
    // A browser that comes back to the page ticks its boxes again.
    for (const box of this.#boxes) if (box.checked) this.#sideOf.set(box.value, box.name as Side);
    form.addEventListener('change', ({ target }) => this.#take(target as HTMLInputElement));
    form.addEventListener('formdata', ({ formData }) => {
      for (const side of sides) {
        formData.delete(side);
        for (const name of this.#namesOn(side)) formData.append(side, name);
      }
    });
    this.#clear.addEventListener('click', () => {
      this.#sideOf.clear();
      this.show();
    });
    this.show();
  }

  /** Ticks what is chosen, and says how much that is. */
  show(): void {
    for (const box of this.#boxes) {
      const side = this.#sideOf.get(box.value);
      box.checked = side === box.name;
      box.closest('tr')?.classList.toggle('chosen', side !== undefined);
    }
    const [base, next] = sides.map((side) => this.#namesOn(side).length) as [number, number];
    this.#clear.hidden = base + next === 0;
    this.#form.classList.toggle('choosing', base + next > 0);
    this.#chosen.textContent = base + next === 0 ? this.#hint : `${base} as base, ${next} as new`;
  }

  /** A run is on one side. */
  #take({ name, value, checked }: HTMLInputElement): void {
    if (checked) this.#sideOf.set(value, name as Side);
    else this.#sideOf.delete(value);
    this.show();
  }

  #namesOn(side: Side): string[] {
    return [...this.#sideOf].flatMap(([name, on]) => (on === side ? [name] : []));
  }

  get #boxes(): NodeListOf<HTMLInputElement> {
    return this.#form.querySelectorAll<HTMLInputElement>('.side input');
  }

  get #clear(): HTMLButtonElement {
    return this.#form.querySelector<HTMLButtonElement>('#clear')!;
  }

  get #chosen(): HTMLElement {
    return this.#form.querySelector<HTMLElement>('#chosen')!;
  }
}
