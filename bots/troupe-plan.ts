import type { ClientOptions } from './connection.ts';
import type { OfflinePolicy } from './persona.ts';
import type { Rota } from './schedule.ts';

/** What a troupe does, and when; times in ms since the run's start. Pure data: it travels between processes. */
export interface TroupePlan {
  /** By bot number. */
  readonly parts: readonly Part[];
  readonly rotas: readonly Rota[];
  /** By room: when nothing more is said in it; its bots go once everything has arrived. */
  readonly endsAt: readonly number[];
  /** How long a room waits for the last deliveries at most, ms. */
  readonly drainMs: number;
  /** Whether a bot that has joined says a word of its own to hear whether the room hears it. */
  readonly canaries: boolean;
  /** Whether the rooms are asked, every second, who is in them. */
  readonly asksPresence: boolean;
}

/** One bot's part. */
export interface Part {
  readonly room: number;
  /** Which of the stage's doors it connects by. */
  readonly door: number;
  readonly client: ClientOptions;
  readonly comesAt: number;
  readonly offline: OfflinePolicy;
  /** Who it is besides, and when that shows; null for a plain talker or listener. */
  readonly persona: { readonly name: string; readonly actsAt: number } | null;
}

/** A part like most. */
export const plainPart = { door: 0, client: {}, offline: 'drop', persona: null } as const;

/** Talkers and listeners spread over rooms evenly, talkers first. */
export interface EvenTroupe {
  readonly seed: string;
  readonly rooms: number;
  readonly talkers: number;
  readonly listeners: number;
  /** Messages per second of each talker. */
  readonly rate: number;
  readonly arrivals: Rota['arrivals'];
  /** Over how long the bots' connections are spread, ms. */
  readonly arriveMs: number;
  readonly fromMs: number;
  readonly toMs: number;
  readonly drainMs: number;
}

export function evenTroupe({ rooms, talkers, listeners, arriveMs, drainMs, ...rota }: EvenTroupe): TroupePlan {
  const bots = talkers + listeners;
  const seatOf = (bot: number) => (bot < talkers ? bot : bot - talkers);
  return {
    parts: numbers(bots).map((bot) => ({
      ...plainPart,
      room: seatOf(bot) % rooms,
      comesAt: (bot * arriveMs) / bots,
    })),
    rotas: [{ ...rota, bots: numbers(talkers) }],
    endsAt: numbers(rooms).map(() => rota.toMs),
    drainMs,
    canaries: false,
    asksPresence: false,
  };
}

/** 0, 1, … up to `count` numbers. */
export function numbers(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i);
}
