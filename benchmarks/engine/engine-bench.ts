import { cpus } from 'node:os';
import { hostNow } from '../../bots/clock.ts';
import { median } from '../../measure/statistics/median.ts';
import { type Candidate, candidatesIn } from './candidates.ts';
import { unpinned } from './cores.ts';
import { percent } from './delivery-window.ts';
import type { EngineForm } from './engine-forms.ts';
import { type CandidateResult, type EngineRatios, ratiosOf } from './engine-ratios.ts';
import { playRound, type Round } from './engine-round.ts';
import { Leftovers } from './leftovers.ts';
import { measureOverhead } from './overhead.ts';
import { measureScaling } from './scaling.ts';
import { ServerProcess } from './server-process.ts';

/** As servers have it by default. */
const PING_MS = 25_000;

/** What load generators cost, and what ours costs beside the others. */
export interface EngineResult {
  readonly ratios: EngineRatios & { readonly overheadSeconds: number | null };
  readonly candidates: Readonly<Record<string, CandidateResult>>;
  /** Cost per delivery, µs, by candidate and number of connections. */
  readonly scaling: Readonly<Record<string, Readonly<Record<string, number | null>>>>;
  readonly host: { readonly cpu: string; readonly node: string; readonly isPinned: boolean };
  readonly form: EngineForm;
}

/**
 * What load generators cost per delivery, connection and connecting, all in turn against one server, in several rounds.
 * `told` hears how it goes. Nothing is left behind, also where it fails or is interrupted.
 */
export async function measureEngine(form: EngineForm, told: (line: string) => void): Promise<EngineResult> {
  if (process.platform !== 'linux') throw new Error('The engine benchmark needs Linux: it reads costs from /proc.');
  if (unpinned) told(unpinned);
  const leftovers = new Leftovers();
  try {
    const startAt = hostNow();
    const ground = {
      server: await ServerProcess.start(leftovers, { startAt, pingIntervalMs: PING_MS }),
      startAt,
      leftovers,
    };
    const candidates = candidatesIn(leftovers.folder, told);
    const played = new Map(candidates.map(({ name }) => [name, [] as Round[]]));
    const isWanting = ({ name }: Candidate) => played.get(name)!.filter(counts).length < form.rounds;
    for (let n = 1; n <= form.rounds + form.spareRounds; n++) {
      for (const candidate of candidates.filter((one) => n <= form.rounds || isWanting(one))) {
        const { name, transport } = candidate;
        const round = await playRound(candidate, ground, `${name}-${n}`, form.loads[transport], form.times);
        told(`round ${n}, ${name}: ${sentenceOf(round)}`);
        played.get(name)!.push(round);
      }
    }
    const scaling: Record<string, Record<string, number | null>> = {};
    for (const candidate of candidates.filter(({ name }) => form.scaled.includes(name)))
      scaling[candidate.name] = await measureScaling(candidate, ground, form.scaling, form.times, told);
    const results = Object.fromEntries([...played].map(([name, rounds]) => [name, resultOf(rounds)]));
    const host = { cpu: cpus()[0]?.model ?? 'unknown', node: process.version, isPinned: !unpinned };
    const overheadSeconds = await measureOverhead(form.wholeRuns, leftovers, told);
    const ratios = { ...ratiosOf(results, scaling.wire), overheadSeconds };
    return { ratios, candidates: results, scaling, host, form };
  } finally {
    await leftovers.close();
  }
}

function resultOf(rounds: readonly Round[]): CandidateResult {
  const valid = rounds.filter(counts);
  const middle = (of: (round: Round) => number) => median(valid.map(of)) ?? null;
  return {
    cpuPerDeliveryUs: middle((round) => round.cpuPerDeliveryUs),
    memoryPerConnectionBytes: middle((round) => round.memoryPerConnectionBytes),
    cpuPerConnectUs: middle((round) => round.cpuPerConnectUs),
    rounds,
  };
}

function counts({ problem }: Round): boolean {
  return problem === null;
}

function sentenceOf(round: Round): string {
  const { problem, cpuPerDeliveryUs, memoryPerConnectionBytes, cpuPerConnectUs, generator, server } = round;
  if (problem) return `void. ${problem}`;
  return [
    `${cpuPerDeliveryUs.toFixed(2)} µs per delivery`,
    `${(memoryPerConnectionBytes / 1000).toFixed(1)} kB per connection`,
    `${cpuPerConnectUs.toFixed(0)} µs to connect`,
    `${percent(generator.on)} of its core, the server ${percent(server.on)} (waited ${percent(generator.waited)}, ${percent(server.waited)})`,
  ].join(', ');
}
