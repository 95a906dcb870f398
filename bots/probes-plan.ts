import type { AbsenceWay } from './absence-ways.ts';
import type { ClientOptions } from './client-orders.ts';
import type { OfflinePolicy } from './offline-policy.ts';
import type { Schedule } from './schedule.ts';

/** What the probes do, and when; times in ms since the run's start. Pure data: it travels between processes. */
export interface ProbesPlan {
  /** By bot number. */
  readonly bots: readonly BotPlan[];
  readonly schedules: readonly Schedule[];
  /** By room: when nothing more is sent in it; its bots leave once everything has arrived. */
  readonly endsAt: readonly number[];
  /** How long a room waits for the last deliveries at most, ms. */
  readonly drainMs: number;
  /** Whether a bot that has joined sends a canary, to check that its room hears it. */
  readonly canaries: boolean;
  /** Whether the rooms are asked, every second, who is in them. */
  readonly asksPresence: boolean;
}

/** What one bot does. */
export interface BotPlan {
  readonly room: number;
  /** Which of the networks it connects through, by number. */
  readonly network: number;
  readonly client: ClientOptions;
  readonly connectsAt: number;
  readonly offline: OfflinePolicy;
  /** Its persona, and when that begins; null for a plain talker or listener. */
  readonly persona: { readonly name: string; readonly actsAt: number } | null;
  /** When it loses its link, and when it is back. */
  readonly absence: Absence | null;
}

/** The bot's part in losing its link; what the link does is a fault of its network. */
export interface Absence {
  readonly way: AbsenceWay;
  readonly fromMs: number;
  readonly toMs: number;
}

/** A bot like most. */
export const plainBot = { network: 0, client: {}, offline: 'drop', persona: null, absence: null } as const;

/** Talkers and listeners spread over rooms evenly, talkers first. */
export interface EvenProbes {
  readonly seed: string;
  readonly rooms: number;
  readonly talkers: number;
  readonly listeners: number;
  /** Messages per second of each talker. */
  readonly rate: number;
  readonly arrivals: Schedule['arrivals'];
  /** Over how long the bots' connections are spread, ms. */
  readonly arriveMs: number;
  readonly fromMs: number;
  readonly toMs: number;
  readonly drainMs: number;
}

export function evenProbes({ rooms, talkers, listeners, arriveMs, drainMs, ...schedule }: EvenProbes): ProbesPlan {
  const bots = talkers + listeners;
  const placeOf = (bot: number) => (bot < talkers ? bot : bot - talkers);
  return {
    bots: numbers(bots).map((bot) => ({
      ...plainBot,
      room: placeOf(bot) % rooms,
      connectsAt: (bot * arriveMs) / bots,
    })),
    schedules: [{ ...schedule, bots: numbers(talkers) }],
    endsAt: numbers(rooms).map(() => schedule.toMs),
    drainMs,
    canaries: false,
    asksPresence: false,
  };
}

/** 0, 1, … up to `count` numbers. */
export function numbers(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i);
}
