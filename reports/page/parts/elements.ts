/** What an element may hold. Strings become text nodes: nothing here is ever read as HTML. */
export type Child = Node | string | undefined;

/** A new element with a class, or none, and children. */
export function el<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  className: string,
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  if (className !== '') element.className = className;
  element.append(...children.filter((child) => child !== undefined));
  return element;
}

/** A part of the page under a heading, with a sentence on what it shows. */
export function section(id: string, title: string, about: string, ...children: readonly Child[]): HTMLElement {
  const heading = el('h2', '', title);
  heading.id = id;
  const part = el('section', 'card', heading, about === '' ? undefined : el('p', 'about', about), ...children);
  part.setAttribute('aria-labelledby', id);
  return part;
}

/** Text that may be broken behind its dots, commas and brackets, as metrics' names have them. */
export function breakable(text: string): Child[] {
  return text.split(/(?<=[-.,{}=])(?=[a-z])/i).flatMap((part, i) => (i === 0 ? [part] : [el('wbr', ''), part]));
}

/** A list of names and values. */
export function pairs(className: string, entries: readonly (readonly [string, Child])[]): HTMLElement {
  const items = entries.map(([name, value]) => el('div', '', el('dt', '', name), el('dd', '', value)));
  return el('dl', className, ...items);
}

/** Something that can be opened; what is inside is made when it first is, since it may be long. `of` is heard, not seen. */
export function folded(summary: string, of: string, content: () => Node): HTMLDetailsElement {
  const details = el('details', '', el('summary', '', summary, el('span', 'unseen', ` ${of}`)));
  details.addEventListener('toggle', () => details.append(content()), { once: true });
  return details;
}
