const EVERY_MS = 2000;
/** Asking takes no more of a core than one part in so many. */
const REST = 20;

/**
 * Keeps the page as the server would serve it now: asks for it again and again while somebody looks, and replaces what
 * has changed. What is focused, opened and scrolled stays so.
 */
export class Refresh {
  readonly #changed: () => void;
  /** What the server said of each part, by id: the page itself changes as it is used. */
  readonly #served = new Map<string, string>(parts(document).map((part) => [part.id, part.outerHTML]));
  #asking = new AbortController();
  #isHeld = false;

  /** `changed` is called whenever parts were replaced. */
  constructor(changed: () => void) {
    this.#changed = changed;
    addEventListener('pointerdown', () => {
      this.#isHeld = true;
    });
    // The click comes after; what it is on has to be there still.
    for (const end of ['pointerup', 'pointercancel'])
      addEventListener(end, () =>
        setTimeout(() => {
          this.#isHeld = false;
        }),
      );
  }

  /** Shows another address of the list. */
  go(href: string): void {
    history.replaceState(null, '', href);
    void this.#load();
  }

  /** Asks until the page is closed. */
  async keepUp(): Promise<never> {
    for (;;) {
      const from = performance.now();
      if (!document.hidden) await this.#load();
      await timeOrSight(Math.max(EVERY_MS, (performance.now() - from) * REST));
    }
  }

  /** The latest request counts: one before it is given up. */
  async #load(): Promise<void> {
    this.#asking.abort();
    this.#asking = new AbortController();
    const { signal } = this.#asking;
    try {
      const response = await fetch(location.href, { signal });
      const text = await response.text();
      if (!response.ok) throw new Error(response.statusText);
      this.#show(new DOMParser().parseFromString(text, 'text/html'));
      tell('');
    } catch {
      if (!signal.aborted) tell('The server does not answer. The page shows what it said last. Trying again …');
    }
  }

  /** Nothing moves away from under a pointer that is down, nor from what is selected: it waits for the next time. */
  #show(served: Document): void {
    if (this.#isHeld || getSelection()?.isCollapsed === false) return;
    let hasChanged = false;
    for (const part of parts(served)) {
      const shown = document.getElementById(part.id);
      const isChosenFrom = part instanceof HTMLSelectElement && shown === document.activeElement;
      if (!shown || isChosenFrom || this.#served.get(part.id) === part.outerHTML) continue;
      this.#served.set(part.id, part.outerHTML);
      replace(shown, part);
      hasChanged = true;
    }
    if (hasChanged) this.#changed();
  }
}

function parts(of: Document): Element[] {
  return [...of.querySelectorAll('.live[id]')];
}

function replace(shown: HTMLElement, part: Element): void {
  const focused = shown.contains(document.activeElement) ? keyOf(document.activeElement!) : undefined;
  const scrolled = shown.querySelector('.scroller')?.scrollLeft ?? 0;
  const isOpen = shown.querySelector('details')?.open ?? false;
  shown.replaceWith(document.adoptNode(part));
  part.querySelector('.scroller')?.scrollTo(scrolled, 0);
  if (isOpen) part.querySelector('details')?.setAttribute('open', '');
  if (focused === undefined) return;
  const again = [...part.querySelectorAll<HTMLElement>('a, input, summary, [tabindex]')].find(
    (element) => keyOf(element) === focused,
  );
  again?.focus({ preventScroll: true });
}

/** What an element is, in a page that was served again. */
function keyOf(element: Element): string {
  const named = ['name', 'value', 'href'].map((name) => element.getAttribute(name) ?? '');
  return element.id === '' ? [element.tagName, ...named].join('\n') : element.id;
}

function tell(sentence: string): void {
  const connection = document.getElementById('connection');
  if (connection && connection.textContent !== sentence) connection.textContent = sentence;
}

/** Waits so long, or until somebody looks at the page again. */
function timeOrSight(ms: number): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    document.addEventListener('visibilitychange', done);
  });
}
