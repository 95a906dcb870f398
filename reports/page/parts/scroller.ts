/** Makes an element a named region that takes the focus by Tab as long as there is something to scroll in it. */
export function scrolls<T extends HTMLElement>(element: T, name: string): T {
  element.ariaLabel = name;
  watched.observe(element);
  for (const child of element.children) watched.observe(child);
  return element;
}

const watched = new ResizeObserver((entries) => {
  for (const { target } of entries) {
    const element = target.closest('.scroller, pre');
    if (element instanceof HTMLElement) mark(element);
  }
});

function mark(element: HTMLElement): void {
  const { scrollWidth, clientWidth, scrollHeight, clientHeight } = element;
  const isScrolling = scrollWidth > clientWidth + 1 || scrollHeight > clientHeight + 1;
  element.role = isScrolling ? 'region' : 'group';
  if (isScrolling) element.tabIndex = 0;
  else element.removeAttribute('tabindex');
}
