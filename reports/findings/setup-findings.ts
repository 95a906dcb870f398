import { isLoopbackHost } from '../../base/hosts.ts';
import { type SampleNeed, sampleNeedOf } from '../../measure/judge/planned-samples.ts';
import { metricKey, parseMetricKey } from '../../measure/metrics/metric-key.ts';
import { numberOf, samplesOf } from '../../measure/run-record/read-metrics.ts';
import type { FoldedRun } from '../../measure/run-record/run-record.ts';
import { count, counted, listed, ms, shareOf } from '../wording/quantities.ts';
import { samplesRemedy, shortagesOf, shortageWords } from '../wording/sample-wording.ts';
import type { Finds } from './finding.ts';

/** From this many misrouted for each delivered one on, it is the rule, not an accident. */
const MISROUTED_SHARE = 0.1;

/** So many texts that cannot be read, and of the same length, were cut there. */
const FEWEST_CUT = 5;
const CUT_SHARE = 0.5;

/** How a session that a node does not know shows at clients: by what is counted there, and for which reasons. */
const CLIENT_FAILURES = /^(connections\.failed|disconnects|errors)\{(by=crowd,)?reason=/;
const NOT_FOUND = /HTTP 400|Session ID unknown|transport error|xhr post error|xhr poll error/;
const FEWEST_STRAYED = 5;

/** What may be wrong with the dialect, the target or the length of the run. */
export const setupFinds = {
  'not-sticky': (run) => {
    const refused = numberOf(run, metricKey('server.refused', { reason: 'UNKNOWN_SID' }));
    const failed = Object.entries(run.metrics).reduce((sum, [key, metric]) => {
      return CLIENT_FAILURES.test(key) && NOT_FOUND.test(key) && 'value' in metric ? sum + metric.value : sum;
    }, 0);
    // A node that was started again knows no session either: that is no balancer's doing.
    if (run.nodes.length === 0 || run.outages.length > 0 || refused < FEWEST_STRAYED || failed < FEWEST_STRAYED)
      return undefined;
    return {
      severity: 'critical',
      evidence: `Session ID unknown: the balancer is not sticky. Nodes refused ${counted(refused, 'request')} of sessions that another node had opened, and clients saw ${counted(failed, 'such failure')}.`,
      remedy: 'Let the balancer keep a client on its node, by a cookie; or allow WebSocket only.',
    };
  },

  'nothing-joined': (run) => {
    const scheduled = numberOf(run, 'messages.scheduled');
    const isConnected = numberOf(run, 'connections.established') > 0;
    if (scheduled === 0 || numberOf(run, 'messages.sent') > 0 || !isConnected) return undefined;
    return {
      severity: 'critical',
      evidence: `The probes connected, but none joined a room: none of ${counted(scheduled, 'message')} could be sent.`,
      remedy: 'Check `join` in the dialect: its event, its arguments, and what confirms it.',
    };
  },

  'nothing-heard': (run) => {
    const expected = numberOf(run, 'delivery.expected');
    const isSilent = run.target.mode === 'listening' && numberOf(run, 'delivery.arrived') === 0;
    if (isSilent && numberOf(run, 'connections.established') > 0) {
      return {
        severity: 'critical',
        evidence: 'The probes listened, but the server said nothing.',
        remedy: 'Check `hear.event` in the dialect, and `onConnect` where users have to subscribe first.',
      };
    }
    if (expected === 0 || numberOf(run, 'delivery.delivered') + numberOf(run, 'delivery.recovered') > 0)
      return undefined;
    const foreign = numberOf(run, 'messages.foreign');
    if (foreign > 0 && numberOf(run, 'delivery.corrupted') === 0) {
      return {
        severity: 'critical',
        evidence: `${counted(foreign, 'message')} arrived, but none held a text that was sent.`,
        remedy:
          'Check that `hear.event` is the event that delivers messages, and that the server passes texts on unchanged and in full.',
      };
    }
    if (numberOf(run, 'delivery.arrived') > 0) return undefined;
    return {
      severity: 'critical',
      evidence: `${counted(expected, 'delivery', 'deliveries')} were expected, but the probes received nothing at all.`,
      remedy:
        run.target.dialect === 'plain'
          ? 'The dialect was `plain`: give the dialect of your server with `--dialect`.'
          : 'Check `send.emit` and `hear.event` in the dialect.',
    };
  },

  'texts-cut': (run) => {
    const lengths = run.anomalies.flatMap(({ length }) => (typeof length === 'number' ? [length] : []));
    const longest = Math.max(...lengths);
    const cut = lengths.filter((length) => length === longest).length;
    if (lengths.length < FEWEST_CUT || cut < CUT_SHARE * lengths.length) return undefined;
    return {
      severity: 'critical',
      evidence: `The server cuts texts at ${count(longest)} characters: the end of ${counted(numberOf(run, 'delivery.corrupted'), 'delivery', 'deliveries')} is missing.`,
      remedy: 'Raise the limit of the server for the run: a message needs about 120 characters.',
    };
  },

  misrouted: (run) => {
    const misrouted = numberOf(run, 'delivery.misrouted');
    if (misrouted === 0 || misrouted < MISROUTED_SHARE * numberOf(run, 'delivery.delivered')) return undefined;
    return {
      severity: 'critical',
      evidence: `${counted(misrouted, 'delivery', 'deliveries')} arrived outside the room they were sent to: the server seems to send every message to everyone.`,
      remedy:
        'If it has a single room, leave `{room}` out of `join` in the dialect; else check that `join` and `send` name the room as the server expects it.',
    };
  },

  lost: (run) => {
    const lost = numberOf(run, 'delivery.lost');
    const arrived = numberOf(run, 'delivery.delivered') + numberOf(run, 'delivery.recovered');
    if (lost === 0 || arrived === 0 || lost === numberOf(run, 'messages.sent') || run.matrix) return undefined;
    const bySecond = run.timeline.counters['delivery.lost'] ?? [];
    const { warmup, measure } = run.phases;
    const seconds = bySecond.slice(warmup, warmup + measure).filter((n) => (n ?? 0) > 0).length;
    const share = shareOf(lost, numberOf(run, 'delivery.expected'));
    return {
      severity: 'critical',
      evidence: `${counted(lost, 'delivery was', 'deliveries were')} lost, ${share} of all, in ${count(seconds)} of ${counted(measure, 'second')}: their recipients were connected and in the room.`,
      remedy:
        'See to whom in the ledger. Look for volatile emits, errors in handlers, and messages that the server drops when clients are slow.',
    };
  },

  'no-echo': (run) => {
    const lost = numberOf(run, 'delivery.lost');
    const isOneEach = lost > 0 && lost === numberOf(run, 'messages.sent');
    if (!isOneEach || numberOf(run, 'delivery.delivered') === 0) return undefined;
    return {
      severity: 'warning',
      evidence: 'Each message is missing at exactly one recipient, most likely its sender.',
      remedy: 'If senders do not receive their own messages, set `echo: false` in the dialect.',
    };
  },

  'two-clocks': ({ target, metrics }) => {
    const latency = metrics['broadcast.latency'];
    const isTimed = target.mode === 'listening' && latency !== undefined && 'min' in latency;
    if (!isTimed || isLoopbackHost(new URL(target.origin).hostname)) return undefined;
    return {
      severity: 'info',
      evidence: `Latency was taken between two clocks, the server's and this machine's: all values are off by their difference. The lowest was ${ms(latency.min)}.`,
      remedy:
        'Set both clocks by NTP; `chatstorm doctor` tells a difference of more than two seconds. The spread is exact.',
    };
  },

  'connections-ended': (run) => {
    const ended = numberOf(run, 'disconnects');
    if (ended === 0 || run.matrix || run.absences || run.outages.length > 0) return undefined;
    const reasons = Object.keys(run.metrics).flatMap((key) => {
      const parsed = parseMetricKey(key);
      const isOfProbes = parsed?.name === 'disconnects' && parsed.labels.by === undefined;
      return isOfProbes && parsed.labels.reason !== undefined ? [parsed.labels.reason] : [];
    });
    const dropped = numberOf(run, 'messages.dropped');
    const unsent = dropped > 0 ? ` ${counted(dropped, 'message')} could not be sent in the meantime.` : '';
    const absent = run.verdict.breaches.flatMap((breach) =>
      breach.gate === 'participation' && breach.role === 'probes' ? [breach.asked - breach.tookPart] : [],
    );
    const outside = absent.length === 0 ? '' : ` ${counted(absent[0]!, 'probe')} never got in.`;
    return {
      severity: 'warning',
      evidence: `${counted(ended, 'probe connection')} ended although no fault was planned (${listed(reasons)}); ${count(numberOf(run, 'reconnect.count'))} reconnected.${outside}${unsent}`,
      remedy: "Look for the reason in the server's log.",
    };
  },

  'too-few-samples': (run) => {
    const needs = run.verdict.thresholds.flatMap((result) =>
      result.outcome === 'unknown' && result.why === 'insufficient' ? (sampleNeedOf(result.text) ?? []) : [],
    );
    if (needs.length === 0) return undefined;
    const shortages = shortagesOf(needs, (need) => samplesBehind(run, need));
    const remedies = new Set(shortages.map((shortage) => samplesRemedy(shortage, run)));
    return {
      severity: 'info',
      evidence: `Too few samples for ${listed(needs.map(({ threshold }) => `\`${threshold}\``))}: ${shortages.map(shortageWords).join('; ')}.`,
      remedy: [...remedies].join(' '),
    };
  },
} satisfies Finds;

/** Independent samples: all deliveries of one message are one. */
function samplesBehind(run: FoldedRun, { key, kind }: SampleNeed): number {
  const { room, order, network } = parseMetricKey(key)?.labels ?? {};
  const samples = samplesOf(run, key)?.count ?? 0;
  if (kind !== 'message') return samples;
  return Math.min(samples, numberOf(run, metricKey('messages.sent', { room, order, network })));
}
