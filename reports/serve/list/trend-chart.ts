import { count, plainNumber, statistic } from '../../wording/quantities.ts';
import { type Finished, isSound } from '../digests/run-digest.ts';
import type { LocalClock } from '../shell/local-clock.ts';
import { html, type Markup } from '../shell/markup.ts';
import { runPath } from '../shell/page-shell.ts';

/*
 *        LEFT                 WIDTH
 *   p99, ms
 *    20 ┤                            TOP
 *    10 ┤   •───•   ×   •            ×: invalid or cut short, no part of the line
 *     0 ┼───┴───┴───┴───┴───         BOTTOM
 *  lost     ▂       █                as far as anything was lost: LOST_BOTTOM
 *         12 Nov        14 Nov
 */
const [WIDTH, LEFT, RIGHT, TOP, BOTTOM] = [380, 48, 14, 26, 150];
const LOST_BOTTOM = 188;
const DATES = 18;
const LONGEST_DATE = 12;
const [DAY_MS, SECOND_MS] = [86_400_000, 1000];

/** p99 of like runs from the oldest to the newest, in a drawing that fits a phone; each run leads to its page. */
export function trendChart(runs: readonly Finished[], label: string, clock: LocalClock): Markup {
  const { ticks, highest, unit, spell } = scaleOf(runs.flatMap(({ p99 }) => p99 ?? []));
  const y = (value: number) => round(BOTTOM - (value / highest) * (BOTTOM - TOP));
  const x = (i: number) => xOf(i, runs.length);
  const isLossy = runs.some(({ lost }) => lost > 0);
  const end = isLossy ? LOST_BOTTOM : BOTTOM;
  return html`<svg class="trend" role="group" aria-label="${label}" viewBox="0 0 ${WIDTH} ${end + DATES + 4}">
<text class="axis" x="2" y="12">p99, ${unit}</text>
${ticks.map((tick) => html`<line class="grid" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y(tick)}" y2="${y(tick)}"/><text class="axis end" x="${LEFT - 6}" y="${y(tick) + 4}">${spell(tick)}</text>`)}
<path class="line" d="${linePath(runs, x, y)}"/>
${isLossy ? lostBars(runs, x) : ''}
${datesOf(runs, clock).map(({ i, words }) => html`<text class="axis ${place(i, runs.length)}" x="${x(i)}" y="${end + DATES}">${words}</text>`)}
${runs.map((run, i) => point(run, x(i), y(run.p99 ?? 0), clock))}
</svg>`;
}

/** Ticks from 0 at steps of 1, 2 or 5, no more than five of them. */
export function ticksTo(highest: number): number[] {
  if (!(highest > 0)) return [0, 1];
  const magnitude = 10 ** Math.floor(Math.log10(highest / 4));
  const step = magnitude * ([1, 2, 5, 10].find((one) => highest / (one * magnitude) <= 4) ?? 10);
  const steps = Math.ceil(highest / step - 1e-9);
  return Array.from({ length: steps + 1 }, (_, i) => i * step);
}

function scaleOf(values: readonly number[]) {
  const most = Math.max(...values, 0);
  const isLong = most >= 10 * SECOND_MS;
  const factor = isLong ? SECOND_MS : 1;
  const ticks = ticksTo(most / factor).map((tick) => tick * factor);
  return {
    ticks,
    highest: ticks.at(-1)!,
    unit: isLong ? 's' : 'ms',
    spell: (tick: number) => plainNumber(Number((tick / factor).toPrecision(6))),
  };
}

function xOf(i: number, of: number): number {
  return round(LEFT + 12 + (of < 2 ? 0.5 : i / (of - 1)) * (WIDTH - RIGHT - LEFT - 24));
}

/** Joins sound runs; a sound run without a p99 is a gap. */
function linePath(runs: readonly Finished[], x: (i: number) => number, y: (value: number) => number): string {
  let path = '';
  let isDown = false;
  runs.forEach((run, i) => {
    if (!isSound(run)) return;
    if (run.p99 !== null) path += `${isDown ? 'L' : 'M'}${x(i)} ${y(run.p99)}`;
    isDown = run.p99 !== null;
  });
  return path;
}

function point(run: Finished, x: number, y: number, clock: LocalClock): Markup {
  const { name, scenario, id, verdict, p99, lost, startedAt, git } = run;
  const commit = git === null ? '' : `, ${git.branch ?? 'detached'} ${git.commit}`;
  const about = `${scenario} ${id}, ${clock.exactly(startedAt)}${commit}: ${verdict}, p99 ${statistic(p99)}, ${count(lost)} lost`;
  const mark = isSound(run)
    ? html`<circle class="${p99 === null ? 'few' : verdict}" cx="${x}" cy="${y}" r="4"/>`
    : html`<path class="unsound" d="M${x - 4} ${y - 4}l8 8m-8 0l8 -8"/>`;
  return html`<a href="${runPath(name)}" aria-label="${about}"><title>${about}</title><circle class="touch" cx="${x}" cy="${y}" r="9"/>${mark}</a>
`;
}

function lostBars(runs: readonly Finished[], x: (i: number) => number): Markup {
  const most = Math.max(...runs.map(({ lost }) => lost));
  const room = LOST_BOTTOM - BOTTOM - 12;
  const bars = runs.map(({ lost }, i) => {
    const height = round(Math.max(1.5, (lost / most) * room));
    return lost > 0
      ? html`<rect class="lost" x="${round(x(i) - 3)}" y="${round(LOST_BOTTOM - height)}" width="6" height="${height}"/>`
      : '';
  });
  return html`<text class="axis end" x="${LEFT - 6}" y="${LOST_BOTTOM - 14}">lost</text><text class="axis end" x="${LEFT - 6}" y="${LOST_BOTTOM}">${count(most)}</text>
<line class="grid" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${LOST_BOTTOM}" y2="${LOST_BOTTOM}"/>${bars}`;
}

/** When the first run, the last and one between them started: the day, or the time where all were made within one. */
function datesOf(runs: readonly Finished[], clock: LocalClock): { i: number; words: string }[] {
  const last = runs.length - 1;
  const [from, to] = [Date.parse(runs[0]!.startedAt), Date.parse(runs[last]!.startedAt)];
  const spell = to - from < DAY_MS ? clock.time : clock.day;
  const marked = [...new Set([0, Math.round(last / 2), last])].map((i) => ({
    i,
    words: spell(runs[i]!.startedAt).slice(0, LONGEST_DATE),
  }));
  return marked.filter(({ words }, at) => words !== marked[at - 1]?.words);
}

function place(i: number, of: number): string {
  if (i === 0) return 'start';
  return i === of - 1 ? 'end' : 'middle';
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
