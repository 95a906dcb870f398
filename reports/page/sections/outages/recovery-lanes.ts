import type { RunRecord } from '../../../../measure/run-record/run-record.ts';
import { goneFrom, isShared, serverWords } from '../../../wording/outage-wording.ts';
import { count, ms, threeDigits } from '../../../wording/quantities.ts';
import { type Recovery, recoveryOf } from '../../../wording/recovery-steps.ts';
import type { Outage } from '../../../wording/score-column.ts';
import { columns, table } from '../../parts/data-table.ts';
import { breakable, type Child, el, folded } from '../../parts/elements.ts';
import { timeOf } from '../../parts/format.ts';
import { herdSketch, herdTable } from './storm-chart.ts';

/** What the lanes of a figure share: seconds that fit on the axis, and the highest tenth of a second of a herd. */
interface Scale {
  readonly seconds: number;
  readonly step: number;
  readonly herd: number;
}

/** A lane per fault over the seconds from its beginning: how long it took, until who was back, and who tried when. */
export function lanes(record: RunRecord, outages: readonly Outage[], title: string): HTMLElement {
  const told = outages.map((outage) => ({ outage, recovery: recoveryOf(record, outage) }));
  const scale = scaleOf(
    told.map(({ recovery }) => recovery.end),
    outages,
  );
  return el(
    'div',
    'figure',
    el('h3', '', title),
    laneLegend(told),
    el('div', 'lanes', axis(scale), ...told.map(({ outage, recovery }) => lane(outage, recovery, scale))),
    folded('Table', `of ${title}`, () => recoveries(title, told)),
    outages.some(isShared)
      ? folded('Attempts per tenth of a second', `of ${title}`, () => herdTable(outages))
      : undefined,
  );
}

/** What the bars of all lanes mean, as far as there are any. */
function laneLegend(told: readonly { readonly outage: Outage; readonly recovery: Recovery }[]): HTMLElement {
  const kinds = new Set(told.flatMap(({ recovery: { stretches } }) => stretches.map(({ kind }) => kind)));
  const items: [string, string][] = [
    ...(told.some(({ recovery }) => recovery.fault) ? [['fault', 'fault'] as [string, string]] : []),
    ...(Object.keys(stretchNames) as (keyof typeof stretchNames)[]).flatMap((kind) =>
      kinds.has(kind) ? [[kind, stretchNames[kind]] as [string, string]] : [],
    ),
    ...(told.some(({ recovery }) => recovery.latency) ? [['latency', 'latency not steady'] as [string, string]] : []),
    ...(told.some(({ outage }) => outage.herd.peakPerSecond > 0)
      ? ([
          ['attempts', '▲ attempts per 0.1 s'],
          ['successes', '▼ connected per 0.1 s'],
        ] as [string, string][])
      : []),
  ];
  return el('ul', 'steps', ...items.map(([kind, words]) => el('li', '', el('span', `bit ${kind}`), words)));
}

const stretchNames = {
  unnoticed: 'until half noticed',
  half: 'until half were back',
  most: 'until 95 % were back',
  all: 'until all were back',
  never: 'never back',
} as const;

function lane(outage: Outage, recovery: Recovery, scale: Scale): HTMLElement {
  const { fault, stretches, latency, end } = recovery;
  const herd = isShared(outage) ? herdSketch(outage, scale) : undefined;
  const last = stretches.at(-1);
  const tracks = el(
    'div',
    'tracks',
    ...ticksOf(scale).map((at) => placed(el('span', 'tick'), at, 0, scale)),
    fault && track('', bar('fault', 0, fault.until, scale), number(fault.until, scale)),
    track(
      'clients',
      ...stretches.map((one) => bar(one.kind, one.from, one.to, scale, one !== last)),
      last && number(last.to, scale),
    ),
    latency &&
      track(
        '',
        bar('latency', 0, latency.until ?? end, scale),
        latency.until === null ? undefined : number(latency.until, scale),
      ),
    herd,
  );
  const server = serverWords(outage);
  const connected = Math.max(0, ...outage.herd.successes) * BINS_PER_SECOND;
  const told = [
    ...(stretches.length === 0 ? ['No client was disconnected.'] : []),
    ...(herd ? [`Peak: ${count(outage.herd.peakPerSecond)} attempts/s, ${count(connected)} connected/s.`] : []),
    ...(herd && server !== undefined ? [`Server: ${server}.`] : []),
  ];
  const heard = [fault?.words, ...stretches.map(({ words }) => words), latency?.words].filter(Boolean).join(', ');
  return el(
    'div',
    'lane',
    head(outage),
    el('div', 'course', tracks, el('p', 'note', told.join(' '), el('span', 'unseen', heard))),
  );
}

/** How late the end of a bar is, behind it; s. */
function number(at: number, scale: Scale): HTMLElement {
  return placed(el('span', 'number-behind', secondsOf(at)), at, 0, scale);
}

/** Seconds to three digits: lanes have this one unit. */
function secondsOf(seconds: number): string {
  return `${threeDigits(seconds)} s`;
}

/** As a herd is counted: per tenth of a second. */
const BINS_PER_SECOND = 10;

/** A bar is long enough for its number from this share of the axis on. */
const NUMBERED = 0.07;

function track(className: string, ...bars: readonly Child[]): HTMLElement {
  return el('div', `track ${className}`.trim(), ...bars);
}

/** With the number of its end in it, where that is wanted and finds room. */
function bar(kind: string, from: number, to: number, scale: Scale, hasNumber = false): HTMLElement {
  const isWide = (to - from) / scale.seconds >= NUMBERED;
  const end = hasNumber && isWide ? el('span', 'number-in', secondsOf(to)) : undefined;
  return placed(el('span', `stretch ${kind}`, end), from, to - from, scale);
}

function head(outage: Outage): HTMLElement {
  return el(
    'div',
    'about-lane',
    el('code', '', ...breakable(outage.fault)),
    el('bdi', 'about', outage.what),
    outcome(outage),
  );
}

function outcome(outage: Outage): HTMLElement {
  const { clients, disconnected, deaf } = outage;
  const gone = goneFrom(outage);
  if (clients + disconnected === 0) return el('span', 'outcome unknown', '? no client was connected');
  if (gone > 0) return el('span', 'outcome fail', `✗ ${count(gone)} of ${count(disconnected)} not back`);
  if (deaf > 0) return el('span', 'outcome fail', `✗ back, but ${count(deaf)} deaf`);
  return el('span', 'outcome pass', disconnected === 0 ? '✓ none disconnected' : `✓ all ${count(disconnected)} back`);
}

function axis(scale: Scale): HTMLElement {
  const numbers = ticksOf(scale).map((at) => placed(el('span', '', timeOf(at)), at, 0, scale));
  const ruler = el('div', 'axis', el('div', 'numbers', ...numbers));
  ruler.setAttribute('aria-hidden', 'true');
  return ruler;
}

function placed(element: HTMLElement, from: number, length: number, { seconds }: Scale): HTMLElement {
  element.style.setProperty('--from', String(from / seconds));
  element.style.setProperty('--length', String(length / seconds));
  return element;
}

function scaleOf(ends: readonly number[], outages: readonly Outage[]): Scale {
  const longest = Math.max(1, ...ends);
  const step = [0.2, 0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300].find((seconds) => longest / seconds <= TICKS) ?? 600;
  return {
    step,
    seconds: Math.ceil(longest / step) * step,
    herd: Math.max(1, ...outages.flatMap(({ herd }) => [...herd.attempts, ...herd.successes])),
  };
}

const TICKS = 10;

function ticksOf({ seconds, step }: Scale): number[] {
  return Array.from({ length: Math.round(seconds / step) + 1 }, (_, i) => i * step);
}

function recoveries(caption: string, told: readonly { outage: Outage; recovery: Recovery }[]): HTMLElement {
  const rows = told.map(({ outage, recovery: { fault, stretches, latency } }) => {
    const { half, most, all } = outage.backAfter;
    const show = (seconds: number | null | undefined): Child => (seconds == null ? '–' : ms(seconds * 1000));
    const noticed = stretches.find(({ kind }) => kind === 'unnoticed')?.to;
    return {
      head: el('code', '', ...breakable(outage.fault)),
      cells: [...[fault?.until, noticed, half, most, all].map(show), count(goneFrom(outage)), show(latency?.until)],
    };
  });
  const heads = ['Lasts', 'Half noticed', 'Half back', '95 % back', 'All back', 'Never back', 'Latency steady'];
  return table({
    caption: `${caption}, from its start`,
    columns: columns(['Fault'], heads),
    rows,
    className: 'by-fault',
  });
}
