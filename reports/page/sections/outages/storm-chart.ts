import { count } from '../../../wording/quantities.ts';
import type { Outage } from '../../../wording/score-column.ts';
import { columns, table } from '../../parts/data-table.ts';

/** Attempts (upwards) and connections made (downwards) per tenth of a second from the fault on; scales are shared. */
export function herdSketch({ fault, herd }: Outage, scale: { seconds: number; herd: number }): Element | undefined {
  if (herd.peakPerSecond === 0) return undefined;
  const bins = scale.seconds * BINS_PER_SECOND;
  const svg = make('svg', { class: 'herd', viewBox: `0 ${-scale.herd} ${bins} ${2 * scale.herd}` });
  svg.setAttribute('preserveAspectRatio', 'none');
  svg.setAttribute('role', 'img');
  svg.setAttribute('aria-label', `${fault}: ${count(herd.peakPerSecond)} attempts per second at the peak`);
  svg.append(
    make('path', { class: 'attempts', d: bars(herd.attempts, -1) }),
    make('path', { class: 'successes', d: bars(herd.successes, 1) }),
    make('path', { class: 'base', d: `M0 0H${bins}` }),
  );
  return svg;
}

/** Every tenth of a second in which something happened, by fault. */
export function herdTable(outages: readonly Outage[]): HTMLElement {
  const longest = Math.max(0, ...outages.map(({ herd }) => Math.max(herd.attempts.length, herd.successes.length)));
  const rows = Array.from({ length: longest }, (_, bin) => ({
    head: `${(bin / BINS_PER_SECOND).toFixed(1)} s`,
    cells: outages.map(({ herd }) => {
      const [attempts = 0, successes = 0] = [herd.attempts[bin], herd.successes[bin]];
      return attempts + successes === 0 ? '' : `${count(attempts)} / ${count(successes)}`;
    }),
  })).filter(({ cells }) => cells.some((cell) => cell !== ''));
  return table({
    caption: 'Attempts / connections in each tenth of a second since the fault',
    columns: columns(
      ['From'],
      outages.map(({ fault }) => fault),
    ),
    rows,
    className: 'long',
  });
}

const BINS_PER_SECOND = 10;

/** Bars a bin wide on the line at 0; `direction` is -1 for upwards. */
function bars(bins: readonly number[], direction: 1 | -1): string {
  return bins.map((n, i) => (n === 0 ? '' : `M${i} 0v${direction * n}h0.85V0z`)).join('');
}

function make(name: string, attributes: Readonly<Record<string, string>>): SVGElement {
  const element = document.createElementNS('http://www.w3.org/2000/svg', name);
  for (const [attribute, value] of Object.entries(attributes)) element.setAttribute(attribute, value);
  return element;
}
