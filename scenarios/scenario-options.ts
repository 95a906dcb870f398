/**
 * The options of `chatstorm load` that change a scenario, in one table: the command line, its help, what they change in the
 * scenario, and the command that repeats a run are all made from it. It imports nothing, so that help is there at once.
 */

/** A scenario file as plain data, of which nothing has been checked yet. */
type Unchecked = Readonly<Record<string, unknown>>;

export interface ScenarioOption {
  /** What stands for its value in the help. */
  readonly unit: string;
  readonly help: string;
  /** Makes of the text that was typed what the file would hold; what cannot be read stays, for the file's checks. */
  readonly parse: (text: string) => unknown;
  /** Where in the file it acts; or what the scenario lacks for it to make sense. */
  readonly actsAt: (file: Unchecked) => readonly (string | number)[] | { readonly lacks: string };
  /** Whether only the embedded server can do it. */
  readonly needsEmbeddedServer?: true;
}

const options = {
  users: {
    unit: 'n',
    help: 'crowd users',
    parse: toNumber,
    actsAt: () => ['config', 'phases', 0, 'arrivalCount'],
  },
  rooms: { unit: 'n', help: 'rooms', parse: toNumber, actsAt: (file) => inProbes(file, 'rooms') },
  rate: {
    unit: 'rate',
    help: 'messages of each talker, such as 10/s',
    parse: asTyped,
    actsAt: (file) => inProbes(file, 'rate'),
  },
  arrivals: {
    unit: 'kind',
    help: 'how messages are spaced: poisson or constant',
    parse: asTyped,
    actsAt: (file) => inProbes(file, 'arrivals'),
  },
  listeners: {
    unit: 'n',
    help: 'probes that only listen',
    parse: toNumber,
    actsAt: (file) => inProbes(file, 'listeners'),
  },
  duration: {
    unit: 'time',
    help: 'how long to measure, such as 30s',
    parse: asTyped,
    actsAt: (file) => (has(file, 'faults') ? { lacks: '`probes.measure`' } : inProbes(file, 'measure')),
  },
  find: {
    unit: 'what',
    help: 'capacity: users, rate (messages a second) or rooms (users of one room)',
    parse: asTyped,
    actsAt: (file) => inCapacity(file, 'find'),
  },
  precision: {
    unit: 'ratio',
    help: 'capacity: how far apart what held and what did not may be, such as 1.1',
    parse: toDecimal,
    actsAt: (file) => inCapacity(file, 'precision'),
  },
  good: {
    unit: 'share',
    help: 'capacity: the share of windows that have to hold, such as 0.9',
    parse: toDecimal,
    actsAt: (file) => inCapacity(file, 'good'),
  },
  confidence: {
    unit: 'share',
    help: 'capacity: how sure that is to be, such as 0.95',
    parse: toDecimal,
    actsAt: (file) => inCapacity(file, 'confidence'),
  },
  recovery: {
    unit: 'mode',
    help: "reconnect: the server's connection state recovery: on, off, or both (a run each)",
    parse: (text) => (text === 'on' ? true : text === 'off' ? false : text),
    actsAt: () => ['chatstorm', 'server', 'stateRecovery'],
    needsEmbeddedServer: true,
  },
  nodes: {
    unit: 'n',
    help: 'processes of the embedded server, behind HAProxy',
    parse: toNumber,
    actsAt: () => ['chatstorm', 'server', 'nodes'],
    needsEmbeddedServer: true,
  },
  adapter: {
    unit: 'name',
    help: 'what nodes hear each other by: redis-streams, redis-pubsub or cluster',
    parse: asTyped,
    actsAt: () => ['chatstorm', 'server', 'adapter'],
    needsEmbeddedServer: true,
  },
  balancer: {
    unit: 'name',
    help: 'haproxy-cookie, or haproxy-roundrobin, which is not sticky',
    parse: asTyped,
    actsAt: () => ['chatstorm', 'server', 'balancer'],
    needsEmbeddedServer: true,
  },
  drain: {
    unit: 'time',
    help: 'rollout: how long a node gets no new clients before it is restarted, such as 2s',
    parse: asTyped,
    actsAt: (file) => whereNodesRestart(file, 'drain'),
    needsEmbeddedServer: true,
  },
  order: {
    unit: 'order',
    help: 'rollout: restart nodes one-by-one or all-at-once',
    parse: asTyped,
    actsAt: (file) => whereNodesRestart(file, 'order'),
    needsEmbeddedServer: true,
  },
  outage: {
    unit: 'time',
    help: 'reconnect: how long the killed server stays down, such as 20s',
    parse: asTyped,
    actsAt: whereKilled,
    needsEmbeddedServer: true,
  },
  persona: {
    unit: 'file',
    help: 'reconnect: your own persona instead of the shipped ones',
    parse: (text) => [text],
    actsAt: (file) => (has(file, 'personas') ? ['chatstorm', 'personas', 'who'] : { lacks: 'personas' }),
  },
} as const satisfies Readonly<Record<string, ScenarioOption>>;

export type ScenarioOptionName = keyof typeof options;

/** Texts as they were typed; undefined where the option was not given. */
export type ScenarioOptionTexts = { readonly [Name in ScenarioOptionName]?: string | undefined };

/** In the order in which the help shows them. */
export const scenarioOptions: Readonly<Record<ScenarioOptionName, ScenarioOption>> = options;

export const scenarioOptionNames = Object.keys(options) as ScenarioOptionName[];

function toNumber(text: string): number | string {
  return /^-?\d+$/.test(text) ? Number(text) : text;
}

function toDecimal(text: string): number | string {
  return /^\d+(\.\d+)?$/.test(text) ? Number(text) : text;
}

function asTyped(text: string): string {
  return text;
}

function inProbes(file: Unchecked, key: string) {
  return has(file, 'matrix') ? { lacks: '`probes`' } : ['chatstorm', 'probes', key];
}

function inCapacity(file: Unchecked, key: string) {
  return has(file, 'capacity') ? ['chatstorm', 'capacity', key] : { lacks: '`capacity`' };
}

function whereKilled(file: Unchecked) {
  const faults: unknown = chatstormIn(file).faults;
  const at = Array.isArray(faults) ? faults.findIndex((fault) => fault?.server === 'kill') : -1;
  return at < 0 ? { lacks: 'a fault that kills the server' } : ['chatstorm', 'faults', at, 'for'];
}

function whereNodesRestart(file: Unchecked, key: string) {
  const faults: unknown = chatstormIn(file).faults;
  const at = Array.isArray(faults) ? faults.findIndex((fault) => fault?.nodes === 'restart') : -1;
  return at < 0 ? { lacks: 'a fault that restarts nodes' } : ['chatstorm', 'faults', at, key];
}

function has(file: Unchecked, key: string): boolean {
  return chatstormIn(file)[key] !== undefined;
}

function chatstormIn(file: Unchecked): Unchecked {
  const { chatstorm } = file;
  return typeof chatstorm === 'object' && chatstorm !== null ? (chatstorm as Unchecked) : {};
}
