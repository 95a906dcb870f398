import { parseMetricKey } from '../../measure/metrics/metric-key.ts';
import { REFUSED } from '../../measure/record/event-counts.ts';
import { numberOf, samplesOf } from '../../measure/run-record/read-metrics.ts';
import type { FoldedRun } from '../../measure/run-record/run-record.ts';
import { faultTime, goneFrom, isShared, perFault, type SharedOutage } from '../wording/outage-wording.ts';
import { count, counted, listed, ms, plainNumber } from '../wording/quantities.ts';
import type { Outage } from '../wording/score-column.ts';
import type { Finds } from './finding.ts';
import { sharesSessions } from './node-findings.ts';

/** What follows from faults and how clients came back from them. */
export const outageFinds = {
  'told-to-leave': ({ outages }) => {
    const gone = perFault(outages, ({ never }) => clientsIn(never.filter(({ reason }) => reason === SENT_AWAY)));
    if (gone === undefined) return undefined;
    return {
      severity: 'critical',
      evidence: `Clients never came back (${gone}): the server ended their connection (${SENT_AWAY}), after which socket.io-client does not reconnect by itself.`,
      worst: outages.find(({ never }) => never.some(({ reason }) => reason === SENT_AWAY)),
      remedy:
        'Before a restart, close connections at the engine level (`socket.conn.close()`), or call `socket.connect()` on that reason.',
    };
  },

  'not-back': ({ outages }) => {
    const others = outages.map((outage) => ({
      ...outage,
      never: outage.never.filter(({ reason }) => reason !== SENT_AWAY),
    }));
    const gone = perFault(others, goneFrom);
    if (gone === undefined) return undefined;
    const reasons = [...new Set(others.flatMap(({ never }) => never.map(({ reason }) => `«${reason}»`)))];
    return {
      severity: 'critical',
      evidence: `Clients were not back in time (${gone}). The last errors they saw: ${listed(reasons)}.`,
      worst: others.find((outage) => goneFrom(outage) > 0),
      remedy:
        'Check what refuses them, `reconnectionAttempts` of the client, and whether `rest` of the fault is long enough.',
    };
  },

  deaf: ({ outages }) => {
    const found = perFault(outages, ({ deaf }) => deaf);
    if (found === undefined) return undefined;
    return {
      severity: 'critical',
      evidence: `Clients came back deaf (${found}): they were connected and had joined their room, but received nothing there.`,
      worst: outages.find(({ deaf }) => deaf > 0),
      remedy: 'Join rooms again on every `connect`, also when the session was not recovered.',
    };
  },

  'not-replayed': (run) => {
    const without = run.outages.filter(isShared).filter(wasNotReplayed);
    if (without.length === 0) return undefined;
    const missed = without.reduce((sum, { ledger }) => sum + ledger.missed, 0);
    const evidence = `${counted(missed, 'delivery', 'deliveries')} were missed in ${names(without)}, and no session was recovered`;
    const { stateRecovery } = (run.scenario.server ?? {}) as { stateRecovery?: boolean };
    if (sharesSessions(run)) {
      return {
        severity: 'warning',
        worst: without[0],
        setting: null,
        evidence: `${evidence} there, although sessions are kept in Redis: a node writes a session down when its client disconnects, so one that is killed takes the sessions of its clients with it.`,
        remedy: 'Fetch the history when joining again: recovery helps only where a node ends in order.',
      };
    }
    if (stateRecovery || run.outages.some(({ recovered }) => recovered > 0)) {
      return {
        severity: 'warning',
        worst: without[0],
        setting: 'io.adapter(createAdapter(redisClient)) // @socket.io/redis-streams-adapter',
        evidence: `${evidence} there, although the server keeps sessions: they are lost with the process that holds them in memory, and are not recovered while the server still believes in the old link.`,
        remedy:
          'Use an adapter that keeps sessions outside the process (Redis Streams, MongoDB), or fetch the history when joining again.',
      };
    }
    return {
      severity: 'warning',
      worst: without[0],
      evidence: `${evidence}.`,
      remedy: 'Enable `connectionStateRecovery` on the server, or fetch the history when joining again.',
    };
  },

  replayed: (run) => {
    const shared = run.outages.filter(isShared).filter(({ recovered }) => recovered > 0);
    if (shared.length === 0) return undefined;
    const total = (of: (outage: SharedOutage) => number) => count(shared.reduce((sum, outage) => sum + of(outage), 0));
    const catchup = samplesOf(run, 'broadcast.catchup');
    const oldest = catchup ? `, the oldest ${ms(catchup.max)} old` : '';
    const still = shared.some(({ ledger }) => ledger.missed > 0)
      ? `; ${total(({ ledger }) => ledger.missed)} were missed all the same`
      : '';
    return {
      severity: 'info',
      evidence: `Sessions were recovered in ${total(({ recovered }) => recovered)} of ${total(({ reconnects }) => reconnects)} reconnections (${names(shared)}): ${total(({ ledger }) => ledger.recovered)} deliveries were replayed${oldest}${still}.`,
      remedy: null,
    };
  },

  unaccounted: ({ outages }) => {
    const unknown = perFault(outages, ({ ledger }) => ledger?.unknown ?? 0);
    if (unknown === undefined) return undefined;
    const total = outages.reduce((sum, { ledger }) => sum + (ledger?.unknown ?? 0), 0);
    return {
      severity: 'warning',
      worst: outages.find(({ ledger }) => (ledger?.unknown ?? 0) > 0),
      evidence: `${counted(total, 'delivery is', 'deliveries are')} unaccounted for (${unknown}): their messages were in flight when the link dropped and were never acknowledged.`,
      remedy: 'Enable `retries` and `ackTimeout` on the client, and deduplicate by message id on the server.',
    };
  },

  'ping-timeout-too-short': (run) => {
    const slow = run.outages.filter((outage) => {
      return isOnlySlow(outage) && outage.disconnected > 0 && outage.pingTimeouts > 0;
    });
    const cut = perFault(slow, ({ disconnected }) => disconnected);
    if (cut === undefined) return undefined;
    const { pingTimeout } = heartbeatOf(run);
    return {
      severity: 'warning',
      worst: slow[0],
      evidence: `Clients on links that were only slow were disconnected by ping timeout (${cut}). Each comes back as a new connection, which adds load to a slow server.`,
      remedy: `Raise \`pingTimeout\`${pingTimeout === undefined ? '' : ` (${ms(pingTimeout)} here)`}.`,
    };
  },

  'slow-detection': (run) => {
    const { pingInterval, pingTimeout } = heartbeatOf(run);
    const isSet = pingInterval !== undefined && pingTimeout !== undefined;
    // A client that notices even later slept, and no setting would have woken it.
    const latest = isSet ? pingInterval + pingTimeout : Number.POSITIVE_INFINITY;
    const silent = run.outages.flatMap((outage) => {
      const detect = faultTime(run, 'reconnect.detect', outage);
      const typical = detect ? (detect.p50 ?? detect.mean) : 0;
      const isSlow =
        typical >= SLOW_TO_DETECT_MS &&
        typical < latest + SLOW_TO_DETECT_MS &&
        outage.pingTimeouts * 2 >= outage.disconnected;
      return isSlow && !isOnlySlow(outage) ? [`${ms(typical)} in ${outage.fault}`] : [];
    });
    if (silent.length === 0) return undefined;
    const here = isSet ? ` (${ms(pingTimeout)} to ${ms(latest)} here)` : '';
    return {
      severity: 'warning',
      evidence: `Clients took ${listed(silent)} to detect the dead link: a half-open link is detected only after pingTimeout to pingInterval + pingTimeout${here}.`,
      remedy: 'Shorten `pingInterval` and `pingTimeout`, but not below what your slowest link needs.',
    };
  },

  'reconnect-storm': (run) => {
    const storms = run.outages.filter(isShared).filter(isStorm);
    const worst = storms.toSorted((a, b) => b.herd.peakPerSecond - a.herd.peakPerSecond)[0];
    if (!worst) return undefined;
    const { attempts, synchronisation, serverLoopDelayMs } = worst.herd;
    const together = `${count(Math.max(...attempts))} of ${count(worst.disconnected)} tried within the same 100 ms`;
    const times = synchronisation === null ? '' : `, ${plainNumber(Math.round(synchronisation))} times the mean`;
    const server =
      serverLoopDelayMs === null ? '' : `; the server's event loop was up to ${ms(serverLoopDelayMs)} late`;
    const isLate = storms.some((one) => (faultTime(run, 'reconnect.attempts', one)?.max ?? 0) >= UNJITTERED_ATTEMPT);
    return {
      severity: 'warning',
      worst,
      ...(isLate && { setting: 'io(url, { reconnectionDelayMax: 30_000, randomizationFactor: 1 })' }),
      evidence: `Clients reconnected in a storm (${names(storms)}): in the worst, ${worst.fault}, ${together}${times}${server}.${isLate ? ' From the fifth attempt on socket.io-client waits exactly reconnectionDelayMax (5 s by default), without jitter.' : ''}`,
      remedy: isLate
        ? 'Raise `reconnectionDelayMax`, and `randomizationFactor` with it.'
        : 'Raise `reconnectionDelay` and `randomizationFactor`: they spread the first attempts.',
    };
  },

  'released-together': ({ outages }) => {
    const found = outages.filter((outage) => !isStorm(outage) && isTogether(outage, outage.herd.successes));
    const worst = perFault(found, ({ herd }) => Math.max(...herd.successes));
    if (worst === undefined) return undefined;
    return {
      severity: 'warning',
      evidence: `Clients connected together (${worst}, within the same 100 ms) although they had tried at different times: their attempts hung until the fault ended.`,
      remedy:
        "Size the server for such a peak, or shorten the clients' `timeout` (20 s by default): attempts then fail early and spread out.",
    };
  },

  'refused-after-reconnect': (run) => {
    const refused = Object.keys(run.metrics).reduce((sum, key) => {
      const parsed = parseMetricKey(key);
      const reason = parsed?.name === 'errors' && parsed.labels.by === undefined ? (parsed.labels.reason ?? '') : '';
      return reason.startsWith(REFUSED) && NOT_IN_ROOM.test(reason) ? sum + numberOf(run, key) : sum;
    }, 0);
    if (refused === 0 || run.outages.length === 0) return undefined;
    return {
      severity: 'warning',
      evidence: `${counted(refused, 'message was', 'messages were')} refused because their sender was not in the room: socket.io-client sends what it buffered while offline before any room can be joined again.`,
      remedy:
        'Keep such messages in an outbox until the join is confirmed, or have the server join rooms when a client connects.',
    };
  },

  'duplicates-or-disorder': ({ outages }) => {
    const twice = perFault(outages, ({ ledger }) => ledger?.duplicate ?? 0);
    const late = perFault(outages, ({ ledger }) => ledger?.reordered ?? 0);
    if (twice === undefined && late === undefined) return undefined;
    const what = [
      ...(twice === undefined ? [] : [`twice (${twice})`]),
      ...(late === undefined ? [] : [`out of order (${late})`]),
    ];
    return {
      severity: 'warning',
      evidence: `Messages arrived ${what.join(' and ')}.`,
      remedy: 'Give each message an id: clients can then drop duplicates and sort late messages.',
    };
  },

  ghosts: ({ outages }) => {
    const told = outages.flatMap(({ fault, presence, ledger }) =>
      presence ? [{ fault, few: ledger === null, presence }] : [],
    );
    const wrong = told.filter(({ presence }) => (presence.ghostsUntil ?? 0) >= SOON_S || !presence.rightAtEnd);
    if (wrong.length === 0) return undefined;
    // What befalls a few happens to all of them at the same time: whose ghosts they were cannot be told apart.
    const together = wrong.filter(({ few }) => few);
    const groups = [...wrong.filter(({ few }) => !few).map((one) => [one]), ...(together.length > 0 ? [together] : [])];
    const words = groups.map((ones) => `${listed(ones.map(({ fault }) => fault))}: ${ghostWords(ones)}`);
    return {
      severity: 'warning',
      evidence: `The member list was wrong after faults (${words.join('; ')}): the server notices a silent link only after its own ping timeout.`,
      remedy: 'Send the member list again on every join and leave.',
    };
  },
} satisfies Finds;

/** What socket.io-client calls it when the server sends a client away. */
const SENT_AWAY = 'io server disconnect';

/** Whatever a target calls it when a message comes from a sender who is not in the room; its own words, not ours. */
const NOT_IN_ROOM = /not.?(yet.?)?(joined|in.?(the.?)?room|a.?member)/i;

const SLOW_TO_DETECT_MS = 2000;

/** From this attempt on socket.io-client's wait is cut to reconnectionDelayMax, after the jitter (its `Backoff`). */
const UNJITTERED_ATTEMPT = 5;

/** With socket.io-client's own delay of 1 s ± 50 %, a first attempt falls into one of so many tenths of a second. */
const SPREAD_OVER = 10;
const FEWEST_OF_A_STORM = 10;

/** A member list may be so much behind, s. */
const SOON_S = 1;

/** Whether more did something at once than spread clients would: by four standard deviations, were they independent (Poisson). */
function isTogether({ disconnected }: Outage, bins: readonly number[]): boolean {
  const spread = disconnected / SPREAD_OVER;
  return disconnected >= FEWEST_OF_A_STORM && Math.max(0, ...bins) > spread + 4 * Math.sqrt(spread);
}

function isStorm(outage: Outage): boolean {
  return isTogether(outage, outage.herd.attempts);
}

function ghostWords(ones: readonly { readonly presence: NonNullable<Outage['presence']> }[]): string {
  const most = Math.max(...ones.map(({ presence }) => presence.ghosts));
  const until = Math.max(...ones.map(({ presence }) => presence.ghostsUntil ?? 0));
  return [
    ...(most > 0 ? [`up to ${count(most)} listed who were gone, until ${ms(until * 1000)} after it began`] : []),
    ...(ones.every(({ presence }) => presence.rightAtEnd) ? [] : ['still wrong in the end']),
  ].join(', ');
}

/** Some always come late by themselves: from a link that was just ending, say. */
function wasNotReplayed({ reconnects, recovered, ledger }: SharedOutage): boolean {
  return reconnects > 0 && recovered === 0 && ledger.missed > ledger.recovered;
}

/** The kinds of fault that only slow a link down: nothing of them has to end a connection. */
const slowKinds = ['latency', 'bandwidth', 'slicer', 'slow-close'];

function isOnlySlow({ kinds }: Outage): boolean {
  return kinds.length > 0 && kinds.every((kind) => slowKinds.includes(kind));
}

/** The embedded server's heartbeat, ms, as far as the scenario sets it. */
function heartbeatOf({ scenario }: FoldedRun): { pingInterval?: number; pingTimeout?: number } {
  const { pingInterval, pingTimeout } = (scenario.server ?? {}) as Record<string, unknown>;
  return {
    ...(typeof pingInterval === 'number' && { pingInterval }),
    ...(typeof pingTimeout === 'number' && { pingTimeout }),
  };
}

function clientsIn(some: Outage['never']): number {
  return some.reduce((sum, { clients }) => sum + clients, 0);
}

function names(outages: readonly Outage[]): string {
  return listed(outages.map(({ fault }) => fault));
}
