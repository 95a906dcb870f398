/** An element of the page by its id; the page's HTML has them all. */
export function byId<T extends HTMLElement = HTMLElement>(id: string): T {
  const element = document.getElementById(id);
  if (element === null) throw new Error(`The page has no element #${id}; look at index.html.`);
  return element as T;
}

/** A new element with a class and text; text is only ever set as text. */
export function make<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  className = '',
  text = '',
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  if (className !== '') element.className = className;
  if (text !== '') element.textContent = text;
  return element;
}

/** One of the icons drawn in index.html. */
export function icon(name: string): SVGSVGElement {
  const svg = document.createElementNS(svgSpace, 'svg');
  svg.setAttribute('class', 'icon');
  svg.setAttribute('aria-hidden', 'true');
  const use = document.createElementNS(svgSpace, 'use');
  use.setAttribute('href', `#icon-${name}`);
  svg.append(use);
  return svg;
}

/** Runs `work` once in the next frame, however often it is asked for before then. */
export function oncePerFrame(work: () => void): () => void {
  let isAsked = false;
  return () => {
    if (isAsked) return;
    isAsked = true;
    requestAnimationFrame(() => {
      isAsked = false;
      work();
    });
  };
}

/** What a visitor set, kept between visits where the browser allows it. */
export const visitorSettings = {
  get(key: string): string {
    try {
      return localStorage.getItem(`chatstorm.${key}`) ?? '';
    } catch {
      return '';
    }
  },
  set(key: string, value: string): void {
    try {
      localStorage.setItem(`chatstorm.${key}`, value);
    } catch {
      // The browser allows no storage: kept for this visit only.
    }
  },
};

const svgSpace = 'http://www.w3.org/2000/svg';
