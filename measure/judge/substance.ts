/**
 * Whether what was asked for took part and was measured: no run passes without substance. Pure.
 */

import type { RunRecord } from '../run-record/run-record.ts';

type Breach = RunRecord['verdict']['breaches'][number];

/** Who of those asked for took part, and why the others did not. */
export interface Participation {
  readonly role: 'crowd' | 'probes';
  readonly asked: number;
  readonly tookPart: number;
  readonly absent: ReadonlyMap<string, number>;
}

/** What became of the deliveries of a room, or of the whole run, while nothing went wrong on purpose. */
export interface Baseline {
  /** Null for the whole run. */
  readonly room: string | null;
  readonly expected: number;
  /** Delivered or recovered. */
  readonly arrived: number;
  readonly unknown: number;
  /** Whether only the server speaks: what is expected of it is known from what was heard alone. */
  readonly isListening: boolean;
}

/** A fault that was made. */
export interface MadeFault {
  readonly fault: string;
  /** Whether connections that it touches are to end. */
  readonly cuts: boolean;
  readonly clients: number;
  readonly disconnected: number;
}

/** A persona whose code failed. */
export interface FailedPersona {
  readonly persona: string;
  /** For so many of the probes that lived it. */
  readonly clients: number;
  readonly of: number;
  readonly reasons: readonly string[];
}

/** Of a crowd this share has to take part; of the probes all. */
const CROWD_SHARE = 0.99;
/** The share of deliveries that may be unknown without a fault. */
const UNKNOWN_SHARE = 0.01;
const REASONS_SHOWN = 3;

/** Too few of those who were asked for took part. */
export function participationBreaches(all: readonly Participation[]): Breach[] {
  return all.flatMap(({ role, asked, tookPart, absent }) => {
    const wanted = role === 'crowd' ? CROWD_SHARE * asked : asked;
    if (tookPart >= wanted) return [];
    const accounted = [...absent.values()].reduce((sum, clients) => sum + clients, 0);
    const silent = asked - tookPart - accounted;
    const everyone = silent > 0 ? [...absent, ['connect: no answer', silent] as const] : [...absent];
    const reasons = everyone.sort(([, a], [, b]) => b - a).slice(0, REASONS_SHOWN);
    const told = reasons.map(([reason, clients]) => ({ reason, clients }));
    return [{ gate: 'participation', role, asked, tookPart, reasons: told } as const];
  });
}

/** Nothing arrived where something was expected, or it is not known of too much whether it was sent at all. */
export function baselineBreaches(baselines: readonly Baseline[]): Breach[] {
  const rooms = baselines.filter(
    ({ expected, arrived, isListening }) => arrived === 0 && (expected > 0 || isListening),
  );
  if (rooms.length > 0) {
    const expected = rooms.reduce((sum, one) => sum + one.expected, 0);
    return [{ gate: 'undelivered', rooms: rooms.flatMap(({ room }) => room ?? []), expected }];
  }
  const expected = baselines.reduce((sum, one) => sum + one.expected, 0);
  const unknown = baselines.reduce((sum, one) => sum + one.unknown, 0);
  return unknown > UNKNOWN_SHARE * expected ? [{ gate: 'unconfirmed', unknown, expected }] : [];
}

/** The faults that were made and touched no one: nothing about them was tested. */
export function untestedFaults(faults: readonly MadeFault[]): string[] {
  return faults
    .filter(({ cuts, clients, disconnected }) => clients === 0 || (cuts && disconnected === 0))
    .map(({ fault }) => fault);
}
