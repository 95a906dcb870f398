import { make } from './dom.ts';

/** A round avatar: the first letter of a name, in the colour that this name always has. Decoration only. */
export function avatar(name: string): HTMLElement {
  const element = make('span', `avatar ${hueOf(name)}`, initial(name));
  element.setAttribute('aria-hidden', 'true');
  return element;
}

/** The class with a name's colour, out of twelve. */
export function hueOf(name: string): string {
  if (name === '') return 'hue-none';
  let hash = 2_166_136_261;
  for (let at = 0; at < name.length; at += 1) hash = Math.imul(hash ^ name.charCodeAt(at), 16_777_619);
  return `hue-${(hash >>> 0) % 12}`;
}

function initial(name: string): string {
  const [first] = segmenter.segment(name);
  return first?.segment.toUpperCase() ?? '·';
}

const segmenter = new Intl.Segmenter();
