import { el } from '../parts/elements.ts';
import { dashes } from './colours.ts';

/** What a legend names: a line that can be hidden, or what is drawn behind and across. */
export interface LegendItem {
  readonly name: string;
  readonly style: number;
  readonly mark: 'line' | 'area' | 'point' | 'heat' | 'limit';
}

/** The names of what a chart draws, each with its mark; lines are buttons that show and hide them. */
export function legend(items: readonly LegendItem[], toggle: (line: number, shown: boolean) => void): HTMLElement {
  const entries = items.map((item, i) => {
    const { name, mark } = item;
    if (mark === 'heat' || mark === 'limit') return el('li', 'drawn', swatch(item), el('bdi', '', name));
    const button = el('button', '', swatch(item), el('bdi', '', name));
    button.type = 'button';
    button.setAttribute('aria-pressed', 'true');
    button.addEventListener('click', () => {
      const shown = button.getAttribute('aria-pressed') === 'false';
      button.setAttribute('aria-pressed', String(shown));
      toggle(i, shown);
    });
    return el('li', '', button);
  });
  return el('ul', 'legend', ...entries);
}

/** A bit of it as the chart draws it. */
function swatch({ style, mark }: LegendItem): SVGSVGElement {
  const svg = make('svg', { viewBox: '0 0 30 10', class: `swatch line-${style % dashes.length} ${mark}` });
  svg.setAttribute('aria-hidden', 'true');
  switch (mark) {
    case 'line':
      svg.append(make('path', { d: 'M1 5h28', 'stroke-dasharray': dashes[style % dashes.length]!.join(' ') }));
      break;
    case 'area':
      svg.append(make('rect', { x: '1', y: '1', width: '28', height: '8' }));
      break;
    case 'point':
      svg.append(make('path', { d: 'M15 0l5 5-5 5-5-5z' }));
      break;
    case 'heat':
      for (const [i, opacity] of ['.12', '.3', '.5', '.75'].entries())
        svg.append(make('rect', { x: String(1 + i * 7), y: '0', width: '7', height: '10', 'fill-opacity': opacity }));
      break;
    case 'limit':
      svg.append(make('path', { d: 'M1 5h28', 'stroke-dasharray': '6 4' }));
  }
  return svg;
}

function make<K extends 'svg' | 'path' | 'rect'>(
  name: K,
  attributes: Readonly<Record<string, string>>,
): SVGElementTagNameMap[K] {
  const element = document.createElementNS('http://www.w3.org/2000/svg', name);
  for (const [attribute, value] of Object.entries(attributes)) element.setAttribute(attribute, value);
  return element;
}
