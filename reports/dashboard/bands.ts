import type { Plugin } from 'chart.js';
import type { RunRecord } from '../../measure/run-record.ts';
import type { Colours } from './colours.ts';

/** A stretch of the run that a chart marks; `from` and `to` in seconds. */
export interface Band {
  readonly name: string;
  readonly kind: 'warmup' | 'measure' | 'drain' | 'fault';
  readonly from: number;
  readonly to: number;
}

/** The run's phases, as far as it came, and its faults. */
export function bandsOf({ phases, timeline, faults }: RunRecord): Band[] {
  const end = timeline.seconds;
  const measured = phases.warmup + phases.measure;
  const stretches: Band[] = [
    { name: 'warm-up', kind: 'warmup', from: 0, to: phases.warmup },
    { name: 'measured', kind: 'measure', from: phases.warmup, to: measured },
    { name: 'drain', kind: 'drain', from: measured, to: end },
    ...faultBands(faults, end),
  ];
  return stretches.map((band) => ({ ...band, to: Math.min(band.to, end) })).filter((band) => band.to > band.from);
}

/** Draws bands behind the lines, their names above the plot where there is room. */
export function bandsPlugin(bands: readonly Band[], colours: () => Colours): Plugin<'line'> {
  const byImportance = [...bands].sort((a, b) => importance.indexOf(a.kind) - importance.indexOf(b.kind));
  return {
    id: 'bands',
    beforeDatasetsDraw({ ctx, chartArea: { top, bottom, left, right }, scales: { x } }) {
      if (!x) return;
      const { band, fault, muted, line, font } = colours();
      ctx.save();
      ctx.font = `11px ${font}`;
      ctx.textBaseline = 'bottom';
      for (const { kind, from, to } of bands) {
        const [start, end] = [x.getPixelForValue(from), x.getPixelForValue(to)];
        if (kind !== 'measure') {
          ctx.fillStyle = kind === 'fault' ? fault : band;
          ctx.fillRect(start, top, end - start, bottom - top);
        }
        if (start > left) {
          ctx.fillStyle = line;
          ctx.fillRect(Math.round(start), top - 14, 1, bottom - top + 14);
        }
      }
      ctx.fillStyle = muted;
      const placed: [number, number][] = [];
      for (const { name, kind, from, to } of byImportance) {
        const start = x.getPixelForValue(from) + 4;
        const end = start + ctx.measureText(name).width;
        const room = kind === 'measure' ? x.getPixelForValue(to) : right + 8;
        if (end > room || placed.some(([a, b]) => start < b + 8 && end + 8 > a)) continue;
        placed.push([start, end]);
        ctx.fillText(name, start, top - 2);
      }
      ctx.restore();
    },
  };
}

/** Whose name is drawn where there is room for one. */
const importance: readonly Band['kind'][] = ['fault', 'warmup', 'drain', 'measure'];

function faultBands(faults: RunRecord['faults'], end: number): Band[] {
  return faults.flatMap((event): Band[] => {
    if (event.kind !== 'faultOn') return [];
    const off = faults.find(({ kind, fault, at }) => kind === 'faultOff' && fault === event.fault && at >= event.at);
    return [{ name: String(event.fault), kind: 'fault', from: event.at, to: off?.at ?? end }];
  });
}
