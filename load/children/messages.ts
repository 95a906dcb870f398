import type { Dialect } from '../../bots/dialect/dialect.ts';
import type { Endpoint } from '../../bots/endpoint.ts';
import type { LinkFault } from '../../bots/persona.ts';
import type { ProbesPlan } from '../../bots/probes-plan.ts';
import type { ProxyTarget } from '../../faults/proxy/target-socket.ts';
import type { FaultInput } from '../../faults/registry.ts';
import type { AuditRow, FaultEvent } from '../../measure/metrics/events.ts';
import type { Labels } from '../../measure/metrics/metric-key.ts';
import type { Source } from '../../measure/metrics/source.ts';
import type { RunRecord } from '../../measure/run-record/run-record.ts';
import type { PersonaOrder } from '../personas/persona-threads.ts';
import type { CalibrationPlan } from '../plan/layout.ts';

/** What the harness itself adds to a latency, ms. */
export type Floor = NonNullable<RunRecord['floor']> & {
  /** What the crowd could receive a second, where it is to be known. */
  readonly ceiling?: number;
};

/** What the conductor tells the probes; user info and auth of the target travel only here, never by file or argument. */
export type ToProbes =
  /** To load the personas, and to measure the harness against a null target. */
  | {
      readonly prepare: {
        readonly url: string;
        readonly calibration: CalibrationPlan;
        readonly personas: readonly PersonaOrder[];
      };
    }
  | { readonly start: ProbesOrder }
  | { readonly fault: FaultEvent }
  /** A fault that a persona asked for cannot be made. */
  | { readonly faultRefused: FaultRefusal }
  | { readonly stop: true };

/** How to speak to the target. It may hold secrets: it travels by channel or environment only. */
export interface Speech {
  readonly dialect: Dialect;
  /** The TypeScript file to load the dialect from instead; null where it is plain data. */
  readonly module: string | null;
  /** Texts that may be written nowhere. */
  readonly secrets: readonly string[];
}

export interface ProbesOrder {
  readonly folder: string;
  readonly source: Source;
  readonly runId: string;
  /** The run's start on the host's monotonic clock, ms. */
  readonly startAt: number;
  readonly endpoints: readonly Endpoint[];
  readonly speech: Speech;
  readonly rooms: readonly string[];
  readonly roomLabels: readonly Labels[];
  readonly botLabels: readonly Labels[];
  /** ms since the run's start. */
  readonly measured: { readonly from: number; readonly to: number };
  readonly plan: ProbesPlan;
  /** The number of the first bot among all users of the run. */
  readonly firstUser: number;
  /** How many parts the load has; 0 where it is whole. */
  readonly shards: number;
}

/** What the probes tell the conductor: ready for an order; what the harness itself adds; done. */
export type FromProbes =
  | { readonly ready: true }
  | { readonly floor: Floor }
  /** A persona wants a fault at a bot's link, or its end. */
  | { readonly linkFault: { readonly bot: number; readonly fault: string; readonly link: readonly LinkFault[] | null } }
  | { readonly done: true };

/** What the conductor tells the proxy. Faults go by the name that they have in the run. */
export type ToProxy =
  | { readonly open: ProxyOrder }
  | {
      readonly start: {
        readonly folder: string;
        readonly source: Source;
        readonly startAt: number;
        readonly faults: readonly ScheduledFault[];
      };
    }
  /** No further fault is to come. */
  | { readonly endFaults: true }
  | { readonly on: NetworkFault }
  | { readonly off: Pick<NetworkFault, 'name' | 'bots'> };

/** What goes wrong on a network, and for which bots: for all of it where none is named. */
export interface NetworkFault {
  readonly name: string;
  readonly network: string;
  readonly faults: readonly FaultInput[];
  /** How many times, one second apart. */
  readonly times: number;
  readonly bots?: readonly number[];
}

/** A fault of a network that comes and goes by the run's clock, ms: the proxy's own timers are the least late. */
export interface ScheduledFault extends NetworkFault {
  readonly onAt: number;
  readonly offAt: number;
}

export interface ProxyOrder {
  readonly target: ProxyTarget;
  readonly seed: string;
  /** The names of the networks; each is a proxy of its own. */
  readonly networks: readonly string[];
}

/** Why a fault could not be switched on. */
export interface FaultRefusal {
  readonly name: string;
  readonly bots: readonly number[];
  readonly message: string;
}

/** What the conductor asks of the audit: on how many nodes. */
export interface ToAudit {
  readonly nodes: number;
}

export type FromAudit = { readonly ready: true } | { readonly row: AuditRow } | { readonly done: true };

/** What the proxy tells the conductor: ready for an order; where its networks are; when a fault really began or ended. */
export type FromProxy =
  | { readonly ready: true }
  | { readonly networks: Readonly<Record<string, string>> }
  | { readonly change: FaultEvent }
  | { readonly refused: FaultRefusal };

/** What the crowd needs beyond the scenario file, as JSON in the environment variable {@link CROWD_ORDER}. */
export interface CrowdOrder {
  readonly folder: string;
  readonly shard: number;
  readonly runId: string;
  readonly seed: string;
  readonly rooms: readonly string[];
  readonly untilMs: number;
  readonly endpoint: Endpoint;
  readonly speech: Speech;
  /** The file of the engine, to be loaded before users come; null where Artillery has it built in. */
  readonly engineFile: string | null;
  /** The number of the first user among all users of the run: those before it are probes. */
  readonly firstUser: number;
  /** Users of each room of the crowd's own; null where they are spread over `rooms`. */
  readonly roomSize: number | null;
  /** Messages a second of all users together, to begin with; null where each sends by the scenario's own flow. */
  readonly rate: number | null;
}

/** What the conductor tells the crowd while it is there. */
export type ToCrowd =
  /** How many users it is to have, over how many seconds others arrive, and how many messages a second all of them send. */
  { readonly users: number; readonly overS: number; readonly rate: number } | { readonly end: true };

/** By which it reaches Artillery's worker threads. */
export const CROWD_CHANNEL = 'chatstorm-crowd';
export const CROWD_ORDER = 'CHATSTORM_CROWD';
export const CROWD_TARGET = 'CHATSTORM_TARGET';

/** What the engine is told of each user by a variable of its own, which holds the value itself, whatever its type. */
export const userVariables = ['auth', 'query', 'parser', 'agent', 'ca', 'rejectUnauthorized'] as const;

export function variableOf(name: (typeof userVariables)[number]): string {
  return `chatstorm_${name}`;
}

/** What the conductor asks of the primary of a Node cluster: a node, with what `node` gets before its main file, and where its output goes. */
export interface ToPrimary {
  readonly fork: {
    readonly id: number;
    readonly main: string;
    readonly nodeArgs: readonly string[];
    readonly env: Readonly<Record<string, string>>;
    readonly log: string;
  };
}

export type FromPrimary =
  | { readonly ready: true }
  /** A node was forked; its pid is 0 where it could not be. */
  | { readonly id: number; readonly pid: number }
  | { readonly id: number; readonly said: object }
  | { readonly id: number; readonly end: { readonly code: number | null; readonly signal: string | null } };
