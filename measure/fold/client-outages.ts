import type { Event, FaultEvent } from '../metrics/events.ts';

/** A time that something took a client in a fault, under its metric's name; ms, or a count for attempts. */
export interface OutageTime {
  readonly name:
    | 'reconnect.detect'
    | 'reconnect.attempt'
    | 'reconnect.time'
    | 'reconnect.outage'
    | 'reconnect.rejoin'
    | 'reconnect.firstMessage'
    | 'reconnect.attempts';
  readonly fault: string;
  readonly value: number;
}

/** A fault as it really was, and how long it is looked at; ms since the run's start. */
export interface Span {
  readonly fault: string;
  readonly onAt: number;
  readonly offAt: number;
  readonly toAt: number;
}

export type BotEvents = readonly Extract<Event, { bot: number }>[];

/** What happened to each client, by its number. */
export function clientsOf(events: readonly Event[]): Map<number, Extract<Event, { bot: number }>[]> {
  const clients = new Map<number, Extract<Event, { bot: number }>[]>();
  for (const event of events) {
    if (!('bot' in event) || event.kind === 'anomaly') continue;
    const history = clients.get(event.bot);
    if (history) history.push(event);
    else clients.set(event.bot, [event]);
  }
  return clients;
}

/** Each begin of a fault that names its bots; empty for one that affects everyone. */
export function onsetsOf(fault: string, events: readonly Event[]): FaultEvent[] {
  return events.flatMap((event) =>
    event.kind === 'faultOn' && event.fault === fault && event.bots !== undefined ? [event] : [],
  );
}

/**
 * When a fault affected one bot: once for all, or, where it names its bots, each time for each of them. One that begins while
 * the bot is not back from the one before prolongs that one.
 */
export function spansOf(span: Span, bot: number, onsets: readonly FaultEvent[], history: BotEvents): Span[] {
  if (onsets.length === 0) return [span];
  const own = onsets
    .filter(({ bots }) => bots?.includes(bot))
    .filter(({ at }, i) => i === 0 || isConnectedAt(history, at));
  return own.map(({ at }, i) => ({ ...span, onAt: at, toAt: own[i + 1]?.at ?? span.toAt }));
}

function isConnectedAt(history: BotEvents, at: number): boolean {
  const last = history.findLast(
    (event) => event.at < at && (event.kind === 'connected' || event.kind === 'disconnected'),
  );
  return last?.kind === 'connected';
}

/** What one client went through; times in ms since the run's start, undefined where it never came to that. */
export interface ClientOutage {
  /** When the fault began for it. */
  readonly onAt: number;
  readonly wasUp: boolean;
  readonly noticedAt: number | undefined;
  readonly triedAt: number | undefined;
  readonly backAt: number | undefined;
  readonly joinedAt: number | undefined;
  readonly heardAt: number | undefined;
  /** How long it was without a connection, each time that it was cut and came back, ms. */
  readonly gaps: readonly number[];
  readonly attempts: number;
  readonly recovered: number;
  readonly pingTimeouts: number;
  readonly isUp: boolean;
  /** Connected and in its room for a second and more, and never heard itself there. */
  readonly isDeaf: boolean;
  readonly lastReason: string;
}

const DEAF_MS = 1000;

/** What a client went through in a fault. */
export function clientOutageOf(history: BotEvents, { onAt, toAt }: Span): ClientOutage {
  let wasUp = false;
  let isUp = false;
  let noticedAt: number | undefined;
  let triedAt: number | undefined;
  let backAt: number | undefined;
  let joinedAt: number | undefined;
  let heardAt: number | undefined;
  let lostAt: number | undefined;
  const gaps: number[] = [];
  let attempts = 0;
  let recovered = 0;
  let pingTimeouts = 0;
  let lastReason = 'no answer';
  for (const event of history) {
    if (event.at >= toAt) break;
    const during = event.at >= onAt;
    if (event.kind === 'connected') {
      isUp = true;
      if (!during) wasUp = true;
      else if (lostAt !== undefined) {
        backAt = event.at;
        gaps.push(event.at - lostAt);
        lostAt = undefined;
        joinedAt = undefined;
        heardAt = undefined;
        if (event.recovered) recovered++;
      }
    } else if (event.kind === 'disconnected') {
      isUp = false;
      if (!during) wasUp = false;
      else {
        noticedAt ??= event.at;
        lostAt = event.at;
        lastReason = event.reason;
        if (event.reason === 'ping timeout') pingTimeouts++;
      }
    } else if (noticedAt !== undefined && during) {
      if (event.kind === 'connecting') {
        triedAt ??= event.at;
        attempts++;
      } else if (event.kind === 'connectFailed') lastReason = event.reason;
      else if (event.kind === 'joined') joinedAt = event.at;
      else if (event.kind === 'heard') heardAt = event.at;
    }
  }
  const isDeaf = isUp && joinedAt !== undefined && heardAt === undefined && toAt - joinedAt > DEAF_MS;
  return {
    onAt,
    wasUp,
    noticedAt,
    triedAt,
    backAt,
    joinedAt,
    heardAt,
    gaps,
    attempts,
    recovered,
    pingTimeouts,
    isUp,
    isDeaf,
    lastReason,
  };
}

/**
 * How long it took the client to notice, to try, to be back, to be in its room and to hear something there. Of one that
 * was cut again and again, the outage is the whole of it, from the fault to the last return.
 */
export function timesOf(
  { onAt, noticedAt, triedAt, backAt, joinedAt, heardAt, gaps, attempts }: ClientOutage,
  fault: string,
): OutageTime[] {
  if (noticedAt === undefined) return [];
  const times: OutageTime[] = [{ name: 'reconnect.detect', fault, value: noticedAt - onAt }];
  const add = (name: OutageTime['name'], value: number) => times.push({ name, fault, value });
  if (triedAt !== undefined) add('reconnect.attempt', triedAt - noticedAt);
  if (backAt === undefined) return times;
  for (const gap of gaps) add('reconnect.time', gap);
  add('reconnect.outage', backAt - onAt);
  add('reconnect.attempts', attempts);
  if (joinedAt !== undefined) add('reconnect.rejoin', joinedAt - backAt);
  if (heardAt !== undefined) add('reconnect.firstMessage', heardAt - backAt);
  return times;
}
