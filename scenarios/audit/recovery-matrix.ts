import type { Socket } from 'socket.io-client';
import type { FaultProxy } from '../../faults/proxy/fault-proxy.ts';
import type { CaseLab } from '../cases/case-lab.ts';
import type { LabChat } from '../cases/lab-chat.ts';
import type { LabRedis } from '../cases/lab-redis.ts';
import type { Experiment } from './experiment.ts';

/** Messages that are sent while a client is away. */
const SENT = 5;
const ACK_MS = 5000;
const SILENT_MS = 500;
const HEAR_MS = 200;
/** What everything of the chat in Redis begins with. */
const BUS = 'chatstorm-audit';

export type MatrixAdapter = 'memory' | 'redis-streams' | 'redis-pubsub';

/** What the documentation promises: recovery with the in-memory adapter and with Redis Streams, not with Redis pub/sub. */
type Promised = Experiment['promised'];

/** The chat on an adapter, and what can be done to it; nodes are one or two. */
interface Chat {
  readonly adapter: MatrixAdapter;
  readonly nodes: readonly LabChat[];
  readonly redis: LabRedis | undefined;
  /** What nodes reach Redis through. */
  readonly redisLink: FaultProxy | undefined;
}

/** A client that is away, and one that speaks meanwhile. */
interface Pair {
  readonly away: Socket;
  readonly speaker: Socket;
  readonly heard: string[];
  readonly link: FaultProxy;
}

interface Happening {
  readonly event: string;
  readonly promised: Readonly<Record<MatrixAdapter, Promised>>;
  readonly needsRedis?: true;
  readonly needsNodes?: true;
  readonly needsStream?: true;
  /** Has it happen, has the speaker speak by `speak`, and returns the address that the client comes back to. */
  readonly happen: (chat: Chat, pair: Pair, speak: () => Promise<void>, lab: CaseLab) => Promise<string>;
}

const happenings: readonly Happening[] = [
  {
    event: "the client's link is lost",
    promised: { memory: 'yes', 'redis-streams': 'yes', 'redis-pubsub': 'no' },
    happen: async ({ nodes }, { link, away }, speak, lab) => {
      await lose(link, away, lab);
      await speak();
      return nodes[0]!.url;
    },
  },
  {
    event: 'the server is stopped and started',
    promised: { memory: 'no', 'redis-streams': 'yes', 'redis-pubsub': 'no' },
    happen: async ({ nodes: [node] }, _, speak) => {
      await node!.stop();
      await node!.start();
      await speak();
      return node!.url;
    },
  },
  {
    event: 'its node is stopped, and it is back on another',
    promised: { memory: 'no', 'redis-streams': 'yes', 'redis-pubsub': 'no' },
    needsNodes: true,
    happen: async ({ nodes }, _, speak) => {
      await nodes[0]!.stop();
      await speak();
      return nodes[1]!.url;
    },
  },
  {
    event: 'its node is killed, and it is back on another',
    promised: { memory: 'no', 'redis-streams': 'unsaid', 'redis-pubsub': 'no' },
    needsNodes: true,
    happen: async ({ nodes }, _, speak) => {
      await nodes[0]!.stop('SIGKILL');
      await speak();
      return nodes[1]!.url;
    },
  },
  {
    event: 'Redis is restarted with its data',
    promised: { memory: 'no', 'redis-streams': 'unsaid', 'redis-pubsub': 'no' },
    needsRedis: true,
    happen: async ({ nodes, redis }, { link, away }, speak, lab) => {
      await lose(link, away, lab);
      await redis!.stop();
      await redis!.start();
      await speak();
      return nodes[0]!.url;
    },
  },
  {
    event: 'Redis is silent for a while',
    promised: { memory: 'no', 'redis-streams': 'unsaid', 'redis-pubsub': 'no' },
    needsRedis: true,
    happen: async ({ nodes, redisLink }, { link, away }, speak, lab) => {
      await lose(link, away, lab);
      const silence = redisLink!.set({ kind: 'blackhole' });
      const spoken = speak();
      await lab.settle(SILENT_MS);
      silence.off();
      await spoken;
      return nodes[0]!.url;
    },
  },
  {
    event: 'the stream is trimmed past what it had received',
    promised: { memory: 'no', 'redis-streams': 'no', 'redis-pubsub': 'no' },
    needsStream: true,
    happen: async ({ nodes, redis }, { link, away }, speak, lab) => {
      await lose(link, away, lab);
      await speak();
      await lab.redisClient(redis!.url).xtrim(BUS, 'MAXLEN', 1);
      return nodes[0]!.url;
    },
  },
];

/** What recovery does on an adapter whatever happens: an experiment each, to be made one after the other. */
export function matrixOf(adapter: MatrixAdapter): Experiment[] {
  const meant = happenings.filter(({ needsNodes, needsRedis, needsStream }) => {
    if (adapter === 'memory') return !needsNodes && !needsRedis && !needsStream;
    return adapter === 'redis-streams' || !needsStream;
  });
  return meant.map(({ event, promised, happen }) => ({
    topic: 'matrix',
    subject: adapter,
    event,
    promised: promised[adapter],
    look: async (lab) => experience(await openChat(lab, adapter), lab, happen),
  }));
}

async function openChat(lab: CaseLab, adapter: MatrixAdapter): Promise<Chat> {
  const options = { stateRecovery: true, pingInterval: 1000, pingTimeout: 1000 };
  if (adapter === 'memory') {
    return { adapter, nodes: [await lab.chat(options)], redis: undefined, redisLink: undefined };
  }
  const redis = await lab.redis();
  const redisLink = await lab.link(redis.url);
  const through = redisLink.url.replace('http:', 'redis:');
  const named = (node: string) => lab.chat({ ...options, adapter, redis: through, busName: BUS, node });
  const nodes = await Promise.all(['a', 'b'].map(named));
  return { adapter, nodes, redis, redisLink };
}

async function experience(chat: Chat, lab: CaseLab, happen: Happening['happen']) {
  const [first, last] = [chat.nodes[0]!, chat.nodes.at(-1)!];
  const link = await lab.link(first.url);
  const texts = Array.from({ length: SENT }, (_, n) => `while away ${n + 1}`);
  const heard: string[] = [];
  const away = await lab.client(link.url);
  away.on('chat message', (text: string) => heard.push(text));
  const witness = await lab.client(first.url);
  const witnessed: string[] = [];
  witness.on('chat message', (text: string) => witnessed.push(text));
  const speaker = await lab.client(last.url);
  await say(speaker, 'before', lab);
  await lab.until('the client receives a first message', () => heard.includes('before'));
  away.io.reconnection(false);
  const speak = async () => {
    for (const text of texts) await say(speaker, text, lab);
    if (chat.adapter !== 'redis-streams') return;
    // A node reads the whole stream: a client that is back before it has done so receives the same by replay and by the link.
    await lab.until(
      'the first node has read what was said',
      () => !witness.connected || witnessed.includes(texts.at(-1)!),
    );
  };
  const back = await happen(chat, { away, speaker, heard, link }, speak, lab);
  await lab.until('the client has noticed', () => !away.connected);
  // The manager goes to another address as it opens its next link.
  (away.io as unknown as { uri: string }).uri = back;
  away.connect();
  await lab.until('the client is back', () => away.connected);
  await lab.settle(HEAR_MS);
  const arrived = heard.filter((text) => text.startsWith('while away'));
  const missed = texts.filter((text) => !arrived.includes(text)).length;
  const again = arrived.length - new Set(arrived).size;
  const isInOrder = arrived.every((text, i) => i === 0 || texts.indexOf(arrived[i - 1]!) < texts.indexOf(text));
  const told = [
    away.recovered ? 'The session was recovered' : 'A new session',
    `${SENT - missed} of ${SENT} messages arrived`,
    ...(again > 0 ? [`${again} of them twice`] : []),
    ...(isInOrder || again > 0 ? [] : ['out of order']),
  ];
  return { held: away.recovered && missed === 0 && again === 0 && isInOrder, evidence: `${told.join('; ')}.` };
}

async function lose(link: FaultProxy, away: Socket, lab: CaseLab): Promise<void> {
  const reset = link.set({ kind: 'reset' });
  await lab.until('the client has lost its link', () => !away.connected);
  reset.off();
  // The server has to have noticed, too.
  await lab.settle();
}

/** Says something once the speaker is connected, and waits for the server's answer. */
async function say(speaker: Socket, text: string, lab: CaseLab): Promise<void> {
  await lab.until('the speaker is connected', () => speaker.connected);
  await speaker.timeout(ACK_MS).emitWithAck('chat message', text);
}
