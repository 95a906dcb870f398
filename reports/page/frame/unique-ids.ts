/** Attributes that name elements by their ids. */
const references = ['aria-labelledby', 'aria-controls', 'aria-describedby', 'for'];

/** Begins all ids in a part of the page with the same word, and what refers to them: several runs have the same parts. */
export function prefixIds(root: HTMLElement, prefix: string): void {
  for (const element of root.querySelectorAll<HTMLElement>('[id]')) {
    for (const name of references) {
      for (const other of root.querySelectorAll(`[${name}="${element.id}"]`))
        other.setAttribute(name, prefix + element.id);
    }
    element.id = prefix + element.id;
  }
}
