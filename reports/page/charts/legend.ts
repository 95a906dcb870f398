import { el } from '../elements.ts';
import { dashes } from './colours.ts';
import type { Line } from './series.ts';

/** The names of a chart's lines as buttons that show and hide them. */
export function legend(
  lines: readonly Pick<Line, 'name' | 'style'>[],
  toggle: (line: number, shown: boolean) => void,
): HTMLElement {
  const buttons = lines.map(({ name, style }, i) => {
    const button = el('button', '', swatch(style), el('bdi', '', name));
    button.type = 'button';
    button.setAttribute('aria-pressed', 'true');
    button.addEventListener('click', () => {
      const shown = button.getAttribute('aria-pressed') === 'false';
      button.setAttribute('aria-pressed', String(shown));
      toggle(i, shown);
    });
    return el('li', '', button);
  });
  return el('ul', 'legend', ...buttons);
}

/** A bit of the line as the chart draws it. */
function swatch(style: number): SVGSVGElement {
  const svg = document.createElementNS(svgSpace, 'svg');
  svg.setAttribute('viewBox', '0 0 30 8');
  svg.setAttribute('class', `swatch line-${style % dashes.length}`);
  svg.setAttribute('aria-hidden', 'true');
  const path = document.createElementNS(svgSpace, 'path');
  path.setAttribute('d', 'M1 4h28');
  path.setAttribute('stroke-dasharray', dashes[style % dashes.length]!.join(' '));
  svg.append(path);
  return svg;
}

const svgSpace = 'http://www.w3.org/2000/svg';
