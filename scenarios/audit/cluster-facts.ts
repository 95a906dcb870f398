import type { CaseLab } from '../cases/case-lab.ts';
import type { Experiment } from './experiment.ts';

const ACK_MS = 2000;
const SILENT_MS = 500;
/** What a call to all nodes may take before it is called stuck: the adapters' own limit is 5 s. */
const PROMPT_MS = 1000;
const BUS = 'chatstorm-facts';

const adapters = ['redis-streams', 'redis-pubsub'] as const;

/** What holds between nodes, on each adapter. */
export const clusterFacts: readonly Experiment[] = adapters.flatMap((adapter): Experiment[] => {
  const about = { topic: 'cluster', subject: adapter } as const;
  return [
    {
      ...about,
      event: 'emit, then a broadcast with an ack: their order on the same node, and on another',
      promised: 'unsaid',
      look: (lab) => orderOfAcks(lab, adapter),
    },
    {
      ...about,
      event: 'Redis is silent: what a node sends to its own clients meanwhile',
      promised: 'unsaid',
      look: (lab) => localWhileSilent(lab, adapter),
    },
    {
      ...about,
      event: 'another node stands still: fetchSockets',
      promised: 'no',
      look: (lab) => fetchBesideDeadPeer(lab, adapter),
    },
  ];
});

type ClusterAdapter = (typeof adapters)[number];

/** What an adapter calls its place in Redis. */
function placeOf(adapter: ClusterAdapter): object {
  return adapter === 'redis-streams' ? { streamName: BUS, channelPrefix: BUS } : { key: BUS };
}

async function orderOfAcks(lab: CaseLab, adapter: ClusterAdapter) {
  const redis = await lab.redis();
  const nodes = [
    await lab.node(adapter, redis.url, {}, placeOf(adapter)),
    await lab.node(adapter, redis.url, {}, placeOf(adapter)),
  ];
  const heard = await Promise.all(
    nodes.map(async ({ url }) => {
      const client = await lab.client(url);
      const own: string[] = [];
      client.on('plain', () => own.push('plain'));
      client.on('asked', (answer: () => void) => {
        own.push('asked');
        answer();
      });
      return own;
    }),
  );
  await lab.settle();
  const [{ io } = nodes[0]!] = nodes;
  const rounds = 20;
  for (let round = 0; round < rounds; round++) {
    io.emit('plain');
    io.timeout(ACK_MS).emit('asked', () => {});
  }
  await lab.until('everything arrives', () => heard.every((own) => own.length === 2 * rounds));
  const swapped = heard.map((own) => own.filter((word, i) => word !== (i % 2 === 0 ? 'plain' : 'asked')).length > 0);
  const words = (isSwapped: boolean) => (isSwapped ? 'out of order' : 'in order');
  return {
    held: !swapped.includes(true),
    evidence: `On the same node they arrived ${words(swapped[0]!)}, on the other ${words(swapped[1]!)}.`,
  };
}

async function localWhileSilent(lab: CaseLab, adapter: ClusterAdapter) {
  const redis = await lab.redis();
  const link = await lab.link(redis.url);
  const { io, url } = await lab.node(adapter, link.url.replace('http:', 'redis:'), {}, placeOf(adapter));
  const client = await lab.client(url);
  let heardAt: number | undefined;
  client.on('news', () => {
    heardAt = performance.now();
  });
  await lab.settle();
  const silence = link.set({ kind: 'blackhole' });
  const from = performance.now();
  io.emit('news');
  await lab.settle(SILENT_MS);
  const wasHeard = heardAt !== undefined;
  silence.off();
  await lab.until('the message arrives', () => heardAt !== undefined);
  const after = Math.round(heardAt! - from);
  return {
    held: wasHeard,
    evidence: wasHeard
      ? `A client of the same node received it after ${after} ms, while Redis was silent.`
      : `A client of the same node received it only after ${after} ms, when Redis was back.`,
  };
}

async function fetchBesideDeadPeer(lab: CaseLab, adapter: ClusterAdapter) {
  const redis = await lab.redis();
  const { io, url } = await lab.node(adapter, redis.url, {}, placeOf(adapter));
  const peer = await lab.chat({ adapter, redis: redis.url, busName: BUS, node: 'peer' });
  await lab.client(url);
  await lab.settle();
  const alive = await timed(() => io.fetchSockets());
  peer.freeze();
  const frozen = await timed(() => io.fetchSockets());
  return {
    held: frozen.ms < PROMPT_MS && frozen.problem === undefined,
    evidence: `With it alive, it took ${alive.ms} ms; with it frozen, ${frozen.ms} ms${frozen.problem === undefined ? '' : `, and failed: ${frozen.problem}`}.`,
  };
}

async function timed(call: () => Promise<unknown>): Promise<{ readonly ms: number; readonly problem?: string }> {
  const from = performance.now();
  const ms = () => Math.round(performance.now() - from);
  try {
    await call();
    return { ms: ms() };
  } catch (error) {
    return { ms: ms(), problem: (error as Error).message };
  }
}
