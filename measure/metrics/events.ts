import type { Source } from './source.ts';

/**
 * What happens to a bot besides arrivals. Times are in ms since the run's start; `bot` is the bot's number among the probes.
 * Events of the kinds in {@link keptKinds} are written to the run's folder as they are.
 */
export type BotEvent = { readonly at: number; readonly bot: number } & (
  | { readonly kind: 'connecting' }
  | { readonly kind: 'opened'; readonly transport: string; readonly afterMs: number }
  | {
      readonly kind: 'connected';
      readonly transport: string;
      readonly recovered: boolean;
      readonly afterMs: number;
      readonly openedAgoMs: number;
    }
  | { readonly kind: 'connectFailed'; readonly reason: string }
  | { readonly kind: 'upgraded'; readonly transport: string; readonly openedAgoMs: number }
  | { readonly kind: 'upgradeFailed'; readonly reason: string }
  | { readonly kind: 'disconnected'; readonly reason: string }
  | { readonly kind: 'reconnected'; readonly recovered: boolean; readonly afterMs: number }
  /** The target has told which of its nodes serves this link. */
  | { readonly kind: 'onNode'; readonly node: string }
  | { readonly kind: 'joined'; readonly room: number }
  | { readonly kind: 'joinFailed'; readonly room: number; readonly reason: string }
  | { readonly kind: 'left'; readonly room: number }
  /** What its persona has it do went wrong; it does no more of it. */
  | { readonly kind: 'personaFailed'; readonly reason: string }
  /** The bot's own word came back to it for the first time on this link; `sinceConnectMs` since its first connect(). */
  | {
      readonly kind: 'heard';
      readonly transport: string;
      readonly sinceConnectMs: number;
      readonly joinedAgoMs: number;
    }
  | ({ readonly kind: 'scheduled' | 'dropped' } & Due)
  /** `late` where its sender was offline when it was due; `to` the only bot that should get it, beside a sender who hears itself. */
  | ({ readonly kind: 'sent'; readonly late?: boolean; readonly to?: number } & Sent)
  | ({ readonly kind: 'acked'; readonly sentAt: number } & Sent)
  | ({ readonly kind: 'refused'; readonly reason: string } & Sent)
  | ({ readonly kind: 'ackTimedOut' } & Sent)
);

interface Due {
  readonly room: number;
  readonly dueAt: number;
}

interface Sent extends Due {
  readonly seq: number;
}

/** A fault that begins or ends. */
export interface FaultEvent {
  readonly kind: 'faultOn' | 'faultOff';
  readonly at: number;
  readonly fault: string;
  /** Whose links it touches; everyone's by default. */
  readonly bots?: readonly number[];
}

/** An arrival that should not have been, told as an example. */
export interface AnomalyEvent {
  readonly kind: 'anomaly';
  readonly at: number;
  readonly anomaly: Anomaly;
  readonly bot: number;
  /** Null where the token was too damaged to tell. */
  readonly message: { readonly sender: number; readonly room: number; readonly seq: number } | null;
  /** The name of the message's room, where it can be told. */
  readonly roomName?: string | undefined;
  /** How long the text was that could not be read. */
  readonly length?: number;
}

/** A pair of a message and a recipient that came to nothing, told as an example; `at` is when the message was due. */
export interface UndeliveredEvent {
  readonly kind: 'undelivered';
  readonly at: number;
  readonly outcome: 'lost' | 'missed' | 'unknown';
  /** Of what was missed. */
  readonly cause?: string;
  readonly recipient: number;
  /** Null for a message of the server's own. */
  readonly sender: number | null;
  readonly room: string;
  readonly seq: number;
}

/** What a probe heard in the measured interval: how many messages, and after how long, ms. */
export interface RecipientEvent {
  readonly kind: 'recipient';
  readonly at: number;
  readonly bot: number;
  /** The room that it heard last in. */
  readonly room: string;
  readonly count: number;
  readonly p50: number | null;
  readonly p99: number | null;
  readonly max: number;
}

export const anomalies = ['duplicate', 'reordered', 'corrupted', 'misrouted', 'phantom'] as const;
export type Anomaly = (typeof anomalies)[number];

/** Who the target says is in a room, against who was; asked by one of the probes. */
export interface PresenceEvent {
  readonly kind: 'presence';
  readonly at: number;
  readonly room: number;
  /** Probes listed that are not there, or more often than they are. */
  readonly ghosts: number;
  /** Probes that are there and not listed. */
  readonly missing: number;
}

/** What happens to the run itself, told by the conductor or by a source of its own end. */
export type RunEvent = { readonly at: number } & (
  | { readonly kind: 'phase'; readonly phase: Phase }
  /** The source has settled everything it had open: nothing of it is missing. */
  | { readonly kind: 'closed' }
  /** `said` are the last lines that it printed. */
  | { readonly kind: 'died'; readonly role: string; readonly end: ProcessEnd; readonly said: readonly string[] }
  | { readonly kind: 'interrupted'; readonly signal: string }
  /** The harness measured itself against a null target before the start. */
  | { readonly kind: 'calibrated'; readonly p50: number | null; readonly p99: number | null; readonly messages: number }
  /** A child's event loop gives no sign of life; `forMs` so far. */
  | { readonly kind: 'stalled'; readonly role: string; readonly forMs: number }
  /** A worker makes a part of the load: who it is, how far off its clock may be, and how late it began, ms. */
  | {
      readonly kind: 'shard';
      readonly number: number;
      readonly worker: string;
      readonly host: string;
      readonly clockBoundMs: number;
      readonly startLateMs: number | null;
    }
  /** The load is changed: what is searched for is to be at a level, which takes so long. */
  | { readonly kind: 'level'; readonly stage: string; readonly level: number; readonly overS: number }
  | CapacityWindowEvent
  /** What the load generator reaches against a null target. */
  | { readonly kind: 'ceiling'; readonly deliveriesPerSecond: number }
  /** Something that was looked at on servers of the run's own, besides what the probes measure. */
  | { readonly kind: 'audited'; readonly row: AuditRow }
  | { readonly kind: 'ended' }
);

/** What was seen of one thing that a team may count on; see the record's `recovery.audit`. */
export interface AuditRow {
  readonly topic: 'matrix' | 'toServer' | 'cluster';
  readonly subject: string;
  readonly event: string;
  readonly promised: 'yes' | 'no' | 'unsaid';
  readonly outcome: 'held' | 'broken' | 'notShown';
  readonly evidence: string;
}

/** What was seen of a level in some seconds; `held` is null where the load generator was not healthy. */
export interface CapacityWindowEvent {
  readonly kind: 'window';
  readonly at: number;
  readonly stage: 'double' | 'bisect' | 'confirm' | 'rest' | 'overload' | 'release';
  readonly level: number;
  /** Seconds since the start. */
  readonly from: number;
  readonly to: number;
  readonly held: boolean | null;
  readonly broke: readonly string[];
  readonly p99Ms: number | null;
  readonly firstMs: number | null;
  readonly medianMs: number | null;
  readonly lastMs: number | null;
  readonly lost: number;
  readonly deliveriesPerSecond: number;
}

/** What a child ends with that cannot write down what it measures: EX_IOERR of sysexits.h. */
export const UNWRITABLE_EXIT = 74;

/** How a process ended, or what is known of its end. */
export type ProcessEnd =
  | { readonly kind: 'exit'; readonly code: number }
  | { readonly kind: 'signal'; readonly signal: string }
  /** It could not be started. */
  | { readonly kind: 'failed'; readonly message: string }
  /** It did not do its part in time. */
  | { readonly kind: 'timedOut'; readonly afterMs: number }
  /** Nothing was recorded of it, as where it was killed. */
  | { readonly kind: 'unrecorded' };

export type Phase = 'warmup' | 'measure' | 'drain';

export type Event = BotEvent | FaultEvent | AnomalyEvent | UndeliveredEvent | RecipientEvent | PresenceEvent | RunEvent;

/** A line of a run's folder beside windows: a raw event and who saw it. `at` is in seconds since the run's start. */
export interface EventLine {
  readonly at: number;
  readonly source: Source;
  readonly event: Event;
}

/** The bot events that are kept raw: every change of a connection, and what went wrong. */
export const keptKinds: ReadonlySet<Event['kind']> = new Set<Event['kind']>([
  'connecting',
  'opened',
  'connected',
  'connectFailed',
  'upgraded',
  'upgradeFailed',
  'disconnected',
  'reconnected',
  'onNode',
  'joined',
  'joinFailed',
  'personaFailed',
  'left',
  'heard',
  'faultOn',
  'faultOff',
  'presence',
]);

/** What becomes of an expected pair; together they are all that was expected. */
export const outcomes = ['delivered', 'recovered', 'missed', 'lost', 'unknown'] as const;
