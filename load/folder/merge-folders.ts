import { readdirSync } from 'node:fs';
import { UsageError } from '../../base/errors.ts';
import { hash } from '../../base/hash.ts';
import type { EventLine } from '../../measure/metrics/events.ts';
import { type Source, sourceOf, sourceRoles } from '../../measure/metrics/source.ts';
import type { Window } from '../../measure/metrics/window.ts';
import type { RunPlan } from '../../measure/run-record/run-record.ts';
import { LineWriter, noteEnd } from './line-writer.ts';
import { createRunFolder, files, linesOf, readPlan, writeWhole } from './run-folder.ts';

const NAME = new RegExp(`^(${sourceRoles.join('|')})-(\\d+)-(\\d+)\\.ndjson$`);

/** A part of what is merged: a shard of one of the runs, and its number in the whole. */
interface Part {
  readonly folder: string;
  readonly shard: number;
  readonly number: number;
  readonly probes: number;
  readonly users: number;
}

/**
 * Merges runs that were made apart, at about the same time, into one folder: each is a part of its load. Throws a UsageError where they are
 * no parts of the same.
 */
export function mergeFolders(folders: readonly string[], out: string): void {
  if (folders.length < 2) throw new UsageError('COMMAND_LINE', 'Expected at least two folders to merge.', 'merge');
  const plans = folders.map(readPlan);
  for (const [i, plan] of plans.entries()) refuseOthers(plans[0]!, plan, folders[i]!);
  const parts = partsOfAll(folders, plans);
  createRunFolder(out);
  writeWhole(out, files.plan, `${JSON.stringify(mergedPlan(plans, parts), null, 2)}\n`);
  let areOver = true;
  for (const folder of folders) {
    let isOver = false;
    for (const file of readdirSync(folder)) {
      const [, role, shard, number] = NAME.exec(file) ?? [];
      if (role === undefined) continue;
      const part = parts.find((one) => one.folder === folder && one.shard === Number(shard));
      const source = sourceOf(role as Source['role'], Number(number), part?.number ?? 0);
      // What a conductor of several shards, or a server, says is of no part.
      const target = part ? source : { ...source, number: Number(number) + 100 * (folders.indexOf(folder) + 1) };
      const writer = new LineWriter(out, target);
      for (const line of linesOf(folder, file)) {
        if ('event' in line && line.event.kind === 'ended') isOver = true;
        writer.write([moved(line, target)]);
      }
      writer.close();
    }
    areOver &&= isOver;
  }
  if (areOver) noteEnd(out, sourceOf('conductor'));
}

function moved(line: Window | EventLine, source: Source): Window | EventLine {
  return { ...line, source };
}

/** Throws a UsageError where two runs are not of the same scenario, over the same time. */
function refuseOthers(first: RunPlan, other: RunPlan, folder: string): void {
  const same = (of: (plan: RunPlan) => unknown) => JSON.stringify(of(first)) === JSON.stringify(of(other));
  const differs = [
    ...(same(({ scenario }) => scenario.name) ? [] : ['the scenario']),
    ...(same(({ phases }) => phases) ? [] : ['the phases']),
    ...(same(({ target: { mode, hasRooms } }) => [mode, hasRooms]) ? [] : ['the dialect']),
    ...(same(({ outages }) => outages.map(({ fault, from, to }) => [fault, from, to])) ? [] : ['the faults']),
    ...(other.matrix ? ['it measures a few clients of each kind'] : []),
  ];
  if (differs.length === 0) return;
  throw new UsageError('RUN_FOLDER', `${folder} is no part of the same load: ${differs.join(', ')} differ.`, folder);
}

function partsOfAll(folders: readonly string[], plans: readonly RunPlan[]): Part[] {
  const all = plans.flatMap(({ load }, i) => {
    const folder = folders[i]!;
    const whole = [{ number: 0, probes: load.probes, users: load.users }];
    return (load.shards ?? whole).map(({ number, probes, users }) => ({ folder, shard: number, probes, users }));
  });
  return all.map((part, i) => ({ ...part, number: i + 1 }));
}

function mergedPlan(plans: readonly RunPlan[], parts: readonly Part[]): RunPlan {
  const first = plans[0]!;
  const sum = (of: (plan: RunPlan) => number) => plans.reduce((total, plan) => total + of(plan), 0);
  let firstProbe = 0;
  const shards = parts.map(({ number, probes, users }) => {
    const shard = { number, firstProbe, probes, users };
    firstProbe += probes;
    return shard;
  });
  const probes = sum(({ load }) => load.probes);
  return {
    ...first,
    id: hash(plans.map(({ id }) => id).join(' '))
      .toString(16)
      .padStart(8, '0')
      .slice(0, 8),
    startedAt: plans.map(({ startedAt }) => startedAt).sort()[0]!,
    load: {
      ...first.load,
      ...{ users: sum(({ load }) => load.users), probes, shards },
      talkers: sum(({ load }) => load.talkers),
      rooms: sum(({ load }) => load.rooms),
      offered: sum(({ load }) => load.offered),
      peak: {
        sockets: sum(({ load }) => load.peak.sockets),
        messagesPerSecond: sum(({ load }) => load.peak.messagesPerSecond),
        deliveriesPerSecond: sum(({ load }) => load.peak.deliveriesPerSecond),
        descriptors: sum(({ load }) => load.peak.descriptors),
      },
      available: { descriptors: null, ports: null },
    },
    outages: first.outages.map((outage) => ({ ...outage, bots: [0, probes] })),
  };
}
