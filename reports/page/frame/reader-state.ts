/** Notes what a reader has opened, hidden, scrolled to and focused in a part of the page; what it returns does so again. */
export function remember(root: HTMLElement): () => void {
  const opened = new Set(keysOf(root, 'details[open]'));
  const hidden = new Set(keysOf(root, '.legend button[aria-pressed=false]'));
  const scrolled = new Map(
    all(root, '.scroller, pre').flatMap((element) =>
      element.scrollTop + element.scrollLeft > 0
        ? [[keyOf(element), [element.scrollLeft, element.scrollTop] as const] as const]
        : [],
    ),
  );
  const focused = root.contains(document.activeElement) ? keyOf(document.activeElement as HTMLElement) : undefined;
  const top = scrollY;
  return () => {
    for (const details of all(root, 'details')) {
      if (!opened.has(keyOf(details))) continue;
      (details as HTMLDetailsElement).open = true;
      // Its content is made when it opens; the browser would tell of that only later.
      details.dispatchEvent(new Event('toggle'));
    }
    for (const button of all(root, '.legend button')) if (hidden.has(keyOf(button))) button.click();
    for (const element of all(root, '.scroller, pre')) {
      const [left, top] = scrolled.get(keyOf(element)) ?? [0, 0];
      if (left + top > 0) element.scrollTo(left, top);
    }
    if (focused !== undefined) {
      all(root, focusable)
        .find((element) => keyOf(element) === focused)
        ?.focus({ preventScroll: true });
    }
    scrollTo(scrollX, top);
  };
}

const focusable = 'a, button, input, summary, [tabindex]';

function all(root: HTMLElement, selector: string): HTMLElement[] {
  return [...root.querySelectorAll<HTMLElement>(selector)];
}

function keysOf(root: HTMLElement, selector: string): string[] {
  return all(root, selector).map(keyOf);
}

/** What an element is called, and where it stands: the same in a page that was built again. */
function keyOf(element: HTMLElement): string {
  const place = element.closest('[role=tabpanel]')?.id ?? '';
  const part = element.closest('section')?.getAttribute('aria-labelledby') ?? '';
  const figure = element.closest('.figure')?.querySelector('h3')?.textContent ?? '';
  const named = element instanceof HTMLDetailsElement ? element.querySelector('summary') : element;
  const name = named?.getAttribute('aria-label') ?? named?.textContent ?? '';
  return [place, part, figure, element.tagName, name].join('\n');
}
