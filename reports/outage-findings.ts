import type { RunRecord } from '../measure/run-record.ts';
import { faultTime, goneFrom, isStrike, type Outage, perFault, type Strike } from './outages.ts';
import { count, howLong, listed, plainNumber } from './sentences.ts';

/** What follows from the faults of a reconnection run for those who run the chat, each with the remedy. */
export function outageFindings(record: RunRecord): string[] {
  if (record.outages.length === 0) return [];
  const findings = [
    toldToGo,
    notBack,
    deaf,
    notReplayed,
    replayed,
    halfSent,
    tooImpatient,
    slowToNotice,
    herd,
    released,
    refusedBuffered,
  ];
  return [...findings, twiceOrOutOfOrder, ghosts].flatMap((find) => find(record) ?? []);
}

type Finding = (record: RunRecord) => string | undefined;

/** What socket.io-client calls it when the server sends a client away. */
const SENT_AWAY = 'io server disconnect';

const toldToGo: Finding = ({ outages }) => {
  const gone = perFault(outages, ({ never }) => clientsOf(never.filter(({ reason }) => reason === SENT_AWAY)));
  if (gone === undefined) return undefined;
  return `Clients never came back (${gone}): the server told them to go (${SENT_AWAY}), and then socket.io-client never reconnects by itself. For a restart end connections at the engine level (\`socket.conn.close()\`), which clients come back from; or have clients call \`connect()\` on that reason.`;
};

const notBack: Finding = ({ outages }) => {
  const others = outages.map((outage) => ({
    ...outage,
    never: outage.never.filter(({ reason }) => reason !== SENT_AWAY),
  }));
  const gone = perFault(others, goneFrom);
  if (gone === undefined) return undefined;
  const reasons = [...new Set(others.flatMap(({ never }) => never.map(({ reason }) => `«${reason}»`)))];
  return `Clients were not back in the end (${gone}); the last they heard: ${listed(reasons)}. Does reconnectionAttempts end too soon, does something refuse them, or had they too little time?`;
};

/** Whatever a target calls it when someone speaks who is not in the room. */
const NOT_IN_ROOM = /not.?(yet.?)?(joined|in.?(the.?)?room|a.?member)/i;

const refusedBuffered: Finding = ({ metrics }) => {
  const refused = Object.entries(metrics).reduce((sum, [key, metric]) => {
    const reason = /^errors\{reason=refused: (.*)\}$/.exec(key)?.[1];
    return reason !== undefined && NOT_IN_ROOM.test(reason) && 'value' in metric ? sum + metric.value : sum;
  }, 0);
  if (refused === 0) return undefined;
  return `${count(refused)} messages were refused by the server since their sender was not in the room: what socket.io-client buffers while it is offline goes out before any room can be joined again. Keep such messages in an outbox of your own until the join is confirmed, or have the server join rooms on connection.`;
};

const deaf: Finding = ({ outages }) => {
  const found = perFault(outages, (outage) => outage.deaf);
  if (found === undefined) return undefined;
  return `Clients came back deaf (${found}): connected, in their room, and they hear nothing, since the server forgot their rooms. Join again on every \`connect\`, also when the session was not recovered.`;
};

const notReplayed: Finding = (record) => {
  const without = record.outages.filter(isStrike).filter(wasNotReplayed);
  if (without.length === 0) return undefined;
  const missed = without.reduce((sum, { ledger }) => sum + ledger.missed, 0);
  const told = `${count(missed)} deliveries were missed in ${names(without)}, and no session was recovered`;
  const { stateRecovery } = (record.scenario.server ?? {}) as { stateRecovery?: boolean };
  return stateRecovery || record.outages.some(({ recovered }) => recovered > 0)
    ? `${told} there, though the server keeps sessions: they go with the process that keeps them in memory, and none is there to recover while the server still believes in the old link. An adapter that keeps them outside (Redis Streams, MongoDB), or history when clients join again, helps.`
    : `${told}: connectionStateRecovery on the server would replay what a client missed while it was away; or let clients ask for the history when they join again.`;
};

const replayed: Finding = (record) => {
  const struck = record.outages.filter(isStrike).filter(({ recovered }) => recovered > 0);
  if (struck.length === 0) return undefined;
  const total = (of: (strike: Strike) => number) => count(struck.reduce((sum, outage) => sum + of(outage), 0));
  const catchup = record.metrics['broadcast.catchup'];
  const oldest = catchup && 'max' in catchup && catchup.count > 0 ? `, the oldest ${howLong(catchup.max)} old` : '';
  const still = struck.some(({ ledger }) => ledger.missed > 0)
    ? `; ${total(({ ledger }) => ledger.missed)} were missed all the same`
    : '';
  return `Sessions were recovered in ${total(({ recovered }) => recovered)} of ${total(({ reconnects }) => reconnects)} reconnections (${names(struck)}): ${total(({ ledger }) => ledger.recovered)} deliveries came late by it${oldest}${still}.`;
};

const halfSent: Finding = ({ outages }) => {
  const unknown = perFault(outages, ({ ledger }) => ledger?.unknown ?? 0);
  if (unknown === undefined) return undefined;
  return `Of some deliveries nobody knows whether they could be (${unknown}): their messages were on the way when the link ended, and no acknowledgement came. Clients with \`retries\` and \`ackTimeout\` send such messages again; then each needs an id, by which the server drops what it has.`;
};

const tooImpatient: Finding = (record) => {
  const slow = record.outages.filter(({ disconnected, pingTimeouts, ...outage }) => {
    return isOnlySlow(outage) && disconnected > 0 && pingTimeouts > 0;
  });
  const cut = perFault(slow, ({ disconnected }) => disconnected);
  if (cut === undefined) return undefined;
  const { pingTimeout } = heartbeat(record);
  const here = pingTimeout === undefined ? '' : ` (${howLong(pingTimeout)} here)`;
  return `Clients lost connections that were only slow, by ping timeout (${cut}): pingTimeout${here} is too short for such a link. Each of them comes back as a new connection, and a slow server gets more to do.`;
};

const slowToNotice: Finding = (record) => {
  const { pingInterval, pingTimeout } = heartbeat(record);
  const isSet = pingInterval !== undefined && pingTimeout !== undefined;
  // Who notices even later slept, and no setting would have woken it.
  const latest = isSet ? pingInterval + pingTimeout : Number.POSITIVE_INFINITY;
  const silent = record.outages.flatMap((outage) => {
    const detect = faultTime(record, 'reconnect.detect', outage);
    const typical = detect ? (detect.p50 ?? detect.mean) : 0;
    const isSlow =
      typical >= SLOW_TO_NOTICE_MS &&
      typical < latest + SLOW_TO_NOTICE_MS &&
      outage.pingTimeouts * 2 >= outage.disconnected;
    return isSlow && !isOnlySlow(outage) ? [`${howLong(typical)} in ${outage.fault}`] : [];
  });
  if (silent.length === 0) return undefined;
  const here = isSet ? `, here ${howLong(pingTimeout)} to ${howLong(latest)}` : '';
  return `Clients were long in noticing that nothing came any more (${listed(silent)}): a half-open link is noticed only after pingTimeout to pingInterval + pingTimeout${here}. Shorten them, but not below what the slowest link needs.`;
};

const SLOW_TO_NOTICE_MS = 2000;

const herd: Finding = (record) => {
  const herds = record.outages.filter(isStrike).filter(isHerd);
  const worst = herds.toSorted((a, b) => b.herd.peakPerSecond - a.herd.peakPerSecond)[0];
  if (!worst) return undefined;
  const { attempts, synchronisation, serverLoopDelayMs } = worst.herd;
  const together = `${count(Math.max(...attempts))} of ${count(worst.disconnected)} clients tried within the same 100 ms`;
  const times = synchronisation === null ? '' : `, ${plainNumber(Math.round(synchronisation))} times the mean`;
  const server =
    serverLoopDelayMs === null ? '' : `; the server's event loop was up to ${howLong(serverLoopDelayMs)} late`;
  const isLate = herds.some((one) => (faultTime(record, 'reconnect.attempts', one)?.max ?? 0) >= UNJITTERED_ATTEMPT);
  const remedy = isLate
    ? 'From the fifth attempt on socket.io-client waits exactly reconnectionDelayMax (5 s by default), with no jitter: raise reconnectionDelayMax, and randomizationFactor with it.'
    : 'Raise reconnectionDelay and randomizationFactor: they spread the first attempts.';
  return `The clients came back as a herd (${names(herds)}): at the worst, in ${worst.fault}, ${together}${times}${server}. ${remedy}`;
};

/** From this attempt on socket.io-client's wait is cut to reconnectionDelayMax, after the jitter (its `Backoff`). */
const UNJITTERED_ATTEMPT = 5;

/** With socket.io-client's own delay of 1 s ± 50 %, a first attempt falls into one of so many tenths of a second. */
const SPREAD_OVER = 10;
const FEWEST_OF_A_HERD = 10;

/** Whether more did something at once than spread clients would: by four standard deviations, were they independent (Poisson). */
function isTogether({ disconnected }: Outage, bins: readonly number[]): boolean {
  const spread = disconnected / SPREAD_OVER;
  return disconnected >= FEWEST_OF_A_HERD && Math.max(0, ...bins) > spread + 4 * Math.sqrt(spread);
}

function isHerd(outage: Outage): boolean {
  return isTogether(outage, outage.herd.attempts);
}

const released: Finding = ({ outages }) => {
  const found = outages.filter((outage) => !isHerd(outage) && isTogether(outage, outage.herd.successes));
  const worst = perFault(found, ({ herd }) => Math.max(...herd.successes));
  if (worst === undefined) return undefined;
  return `Clients were let in together (${worst}, within the same 100 ms), though they had tried at different times: their attempts hung until the fault ended. The server has to bear such a peak, or to refuse some; a shorter \`timeout\` of the clients (20 s by default) makes them fail and try again, apart from each other.`;
};

const twiceOrOutOfOrder: Finding = (record) => {
  const twice = perFault(record.outages, ({ ledger }) => ledger?.duplicate ?? 0);
  const late = perFault(record.outages, ({ ledger }) => ledger?.reordered ?? 0);
  if (twice === undefined && late === undefined) return undefined;
  const what = [
    ...(twice === undefined ? [] : [`twice (${twice})`]),
    ...(late === undefined ? [] : [`out of order (${late})`]),
  ];
  return `Messages came ${what.join(' and ')}: give each an id, so that clients can drop what they have, and sort what comes late.`;
};

const ghosts: Finding = ({ outages }) => {
  const told = outages.flatMap(({ fault, presence, ledger }) =>
    presence ? [{ fault, few: ledger === null, presence }] : [],
  );
  const amiss = told.filter(({ presence }) => (presence.ghostsUntil ?? 0) >= SOON_S || !presence.rightAtEnd);
  if (amiss.length === 0) return undefined;
  // What befalls a few happens to all of them at the same time: whose ghosts they were cannot be told apart.
  const together = amiss.filter(({ few }) => few);
  const haunted = [...amiss.filter(({ few }) => !few).map((one) => [one]), ...(together.length > 0 ? [together] : [])];
  const words = haunted.map((ones) => `${listed(ones.map(({ fault }) => fault))}: ${ghostWords(ones)}`);
  return `Presence showed people who were gone, or not those who were there (${words.join('; ')}): the server learns of a silent link only by its own ping timeout, and a list is right again only once it is sent again on every join and leave.`;
};

/** A list of who is there may be so much behind, s. */
const SOON_S = 1;

function ghostWords(ones: readonly { readonly presence: NonNullable<Outage['presence']> }[]): string {
  const most = Math.max(...ones.map(({ presence }) => presence.ghosts));
  const until = Math.max(...ones.map(({ presence }) => presence.ghostsUntil ?? 0));
  return [
    ...(most > 0 ? [`up to ${count(most)} until ${howLong(until * 1000)} after it began`] : []),
    ...(ones.every(({ presence }) => presence.rightAtEnd) ? [] : ['still wrong in the end']),
  ].join(', ');
}

/** Some always come late by themselves: from a link that was just ending, say. */
function wasNotReplayed({ reconnects, recovered, ledger }: Strike): boolean {
  return reconnects > 0 && recovered === 0 && ledger.missed > ledger.recovered;
}

/** Whether a fault only slows a link down, by what it is called: nothing of it has to end a connection. */
function isOnlySlow({ fault, what }: Pick<Outage, 'fault' | 'what'>): boolean {
  const words = `${fault} ${what}`;
  return /\b(?:latency|delay|jitter|bandwidth|slicer|slow)\b/i.test(words) && !ends.test(words);
}

const ends = /\b(?:reset|close|blackhole|limit|refuse|upgrade|cut|kill|killed|restart|server)\b/i;

/** The embedded server's heartbeat, ms, as far as the scenario sets it. */
function heartbeat({ scenario }: RunRecord): { pingInterval?: number; pingTimeout?: number } {
  const { pingInterval, pingTimeout } = (scenario.server ?? {}) as Record<string, unknown>;
  return {
    ...(typeof pingInterval === 'number' && { pingInterval }),
    ...(typeof pingTimeout === 'number' && { pingTimeout }),
  };
}

function clientsOf(some: Outage['never']): number {
  return some.reduce((sum, { clients }) => sum + clients, 0);
}

function names(outages: readonly Outage[]): string {
  return listed(outages.map(({ fault }) => fault));
}
