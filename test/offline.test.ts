import { monitorEventLoopDelay } from 'node:perf_hooks';
import { afterAll, describe, expect, test } from 'vitest';
import { hash } from '../base/hash.ts';
import { hostNow } from '../bots/clock.ts';
import { dialects } from '../bots/dialect/built-in.ts';
import { type Dialect, dialectSchema } from '../bots/dialect/dialect.ts';
import type { OfflinePolicy } from '../bots/offline-policy.ts';
import { Probes } from '../bots/probes.ts';
import { type ProbesPlan, plainBot } from '../bots/probes-plan.ts';
import { connectorOf } from '../bots/socketio/socketio-connection.ts';
import { createProxy } from '../faults/proxy/fault-proxy.ts';
import { TokenReader } from '../measure/ledger/token.ts';
import type { Event } from '../measure/metrics/events.ts';
import { sourceOf } from '../measure/metrics/source.ts';
import { Recorder } from '../measure/record/recorder.ts';
import { createChatServer } from '../server/chat-server.ts';
import { LeapingClock } from './targets/leaping-clock.ts';

const endings: (() => Promise<void>)[] = [];
afterAll(() => Promise.all(endings.map((end) => end())));

/** A recorder that also keeps every probe's message as it arrives. */
class Listening extends Recorder {
  readonly heard: { readonly bot: number; readonly sender: number; readonly seq: number; readonly at: number }[] = [];
  readonly #token = new TokenReader();

  override delivered(bot: number, transport: number, text: string, at: number): void {
    super.delivered(bot, transport, text, at);
    const token = this.#token;
    if (token.read(text) !== 'none' && token.kind === 'probe')
      this.heard.push({ bot, sender: token.sender, seq: token.seq, at });
  }
}

interface Setup {
  readonly dialect: Dialect;
  readonly server?: { readonly stateRecovery?: boolean; readonly historyLength?: number };
  readonly plan: ProbesPlan;
  /** What goes wrong at the proxy, from `onMs` to `offMs`; only bots on network 1 connect through it. */
  readonly links: readonly { readonly kind: 'reset' | 'refuse' }[];
  readonly onMs: number;
  readonly offMs: number;
}

/**
 * Runs a plan: network 0 leads straight to a chat server, network 1 through a proxy that is cut for a while. Returns what was
 * recorded, and the longest stall of the event loop.
 */
async function runPlan({ dialect, server = {}, plan, links, onMs, offMs }: Setup) {
  const chat = await createChatServer({ port: 0, messagesPerSecond: 0, page: false, historyLength: 0, ...server });
  const target = { host: '127.0.0.1', port: Number(new URL(chat.url).port) };
  const proxy = await createProxy({ target, seed: 'a', now: hostNow, onEvent: () => {} });
  endings.push(async () => {
    await proxy.close();
    await chat.close();
  });
  const connectionTo = await connectorOf(dialect, chat.url);
  const clock = new LeapingClock();
  const run = hash('offline');
  const bots = plan.bots.length;
  const recorder = new Listening(sourceOf('probes'), { run }, { bots, rooms: 1, echo: dialect.echo });
  const endpoints = [{ url: chat.url }, { url: chat.url, via: proxy.url }];
  const context = {
    endpoints,
    connectionTo,
    dialect,
    rooms: ['one'],
    recorder,
    clock: () => clock.read(),
    run,
  };
  const probes = new Probes(context, plan);
  const done = probes.run();
  await expect.poll(() => probes.connections().get('websocket')).toBe(bots);
  const loop = monitorEventLoopDelay({ resolution: 1 });
  loop.enable();
  clock.leap(0);
  setTimeout(() => {
    recorder.observe({ kind: 'faultOn', at: clock.read(), fault: 'cut' });
    for (const fault of links) proxy.set(fault);
  }, onMs);
  setTimeout(() => {
    proxy.clear();
    recorder.observe({ kind: 'faultOff', at: clock.read(), fault: 'cut' });
  }, offMs);
  await done;
  probes.close();
  recorder.close(clock.read());
  loop.disable();
  const counts: Record<string, number> = {};
  const events: Event[] = [];
  for (const line of recorder.flush()) {
    if ('event' in line) events.push(line.event);
    else for (const [key, n] of Object.entries(line.counters)) counts[key] = (counts[key] ?? 0) + n;
  }
  return { counts, events, heard: recorder.heard, stallMs: loop.max / 1e6 };
}

/** A talker behind the proxy that has a hundred messages to send while it is cut off, and a listener that is not. */
function hundredMessages(offline: OfflinePolicy): ProbesPlan {
  const bot = { ...plainBot, room: 0, connectsAt: 0 };
  return {
    bots: [
      { ...bot, network: 1, offline },
      { ...bot, network: 0 },
    ],
    schedules: [{ seed: 'words', bots: [0], rate: 100, arrivals: 'constant', fromMs: 1000, toMs: 2000 }],
    endsAt: [8000],
    drainMs: 1000,
    canaries: false,
    asksPresence: false,
  };
}

const cutOff = { links: [{ kind: 'reset' }, { kind: 'refuse' }], onMs: 800, offMs: 2100 } as const;
const volatile = dialectSchema.parse({
  ...dialects.plain,
  send: { ...(dialects.plain.send as object), volatile: true },
});

describe.concurrent('a hundred messages said while offline', () => {
  test.each([
    ['buffered by the client, where there are no rooms', 'buffer', dialects.plain],
    ['held until the room is joined again, where there are', 'hold', dialects.rooms],
  ] as const)(
    'arrive when they are %s: all of them, in order, once the links are back',
    async (_, offline, dialect) => {
      const { counts, heard } = await runPlan({ dialect, plan: hundredMessages(offline), ...cutOff });
      const atListener = heard.filter(({ bot }) => bot === 1);
      expect(atListener.map(({ seq }) => seq)).toEqual(Array.from({ length: 100 }, (_, seq) => seq));
      expect(atListener[0]!.at).toBeGreaterThanOrEqual(cutOff.offMs);
      expect(counts['messages.sent']).toBe(100 + 3);
      expect(counts['delivery.reordered']).toBeUndefined();
      expect(counts['messages.dropped']).toBeUndefined();
    },
  );

  test.each([
    ['buffered, where a room has to be joined first: the server refuses them', 'buffer', dialects.rooms, 0],
    ['dropped', 'drop', dialects.rooms, 100],
    ['volatile, whatever the policy', 'buffer', volatile, 100],
  ] as const)('do not arrive when they are %s', async (_, offline, dialect, dropped) => {
    const { counts, heard } = await runPlan({ dialect, plan: hundredMessages(offline), ...cutOff });
    expect(heard).toEqual([]);
    expect(counts['messages.dropped'] ?? 0).toBe(dropped);
    if (dialect === dialects.rooms && offline === 'buffer')
      expect(counts['errors{reason=refused: NOT_JOINED}']).toBe(100);
  });
});

/**
 * One bot talks while all others are cut off for three seconds, and stops before they come back: what is sent while a client
 * connects may reach it, with state recovery or without.
 */
const talksOn: ProbesPlan = {
  bots: [0, 1, 2, 3].map((bot) => ({ ...plainBot, room: 0, network: bot === 0 ? 0 : 1, connectsAt: 0 })),
  schedules: [{ seed: 'talk', bots: [0], rate: 20, arrivals: 'constant', fromMs: 500, toMs: 4000 }],
  endsAt: [10_000],
  drainMs: 1000,
  canaries: false,
  asksPresence: false,
};
const threeSeconds = { links: [{ kind: 'reset' }, { kind: 'refuse' }], onMs: 1500, offMs: 4500 } as const;

describe.concurrent('what was said while the links were cut for three seconds', () => {
  test('is replayed to everyone with state recovery on, and missed by the same people with it off', async () => {
    const setup = { dialect: dialects.plain, plan: talksOn, ...threeSeconds };
    const [on, off] = await Promise.all([
      runPlan({ ...setup, server: { stateRecovery: true } }),
      runPlan({ ...setup, server: { stateRecovery: false } }),
    ]);
    const missed = ({ counts }: typeof on) =>
      Object.entries(counts).reduce((sum, [key, n]) => (key.startsWith('delivery.missed') ? sum + n : sum), 0);
    expect(on.counts['delivery.recovered']).toBeGreaterThan(3 * 20);
    expect(missed(on)).toBe(0);
    expect(on.events.filter((event) => event.kind === 'connected' && event.recovered)).toHaveLength(3);
    expect(off.counts['delivery.recovered']).toBeUndefined();
    expect(missed(off)).toBeGreaterThan(3 * 20);
    expect(off.events.some((event) => event.kind === 'connected' && event.recovered)).toBe(false);
    for (const { counts } of [on, off]) {
      expect(counts['delivery.lost']).toBeUndefined();
      expect(counts['delivery.duplicate']).toBeUndefined();
    }
  });
});

test.concurrent('attempts follow the backoff formula, counted from the failure before; from the sixth on without jitter', {
  timeout: 60_000,
}, async () => {
  const plan: ProbesPlan = {
    ...talksOn,
    bots: Array.from({ length: 10 }, () => ({ ...plainBot, room: 0, network: 1, connectsAt: 0 })),
    schedules: [],
    endsAt: [28_000],
  };
  const refused = [{ kind: 'reset' }, { kind: 'refuse' }] as const;
  const { events, stallMs } = await runPlan({
    dialect: dialects.plain,
    plan,
    links: refused,
    onMs: 500,
    offMs: 27_500,
  });
  const waits = Array.from({ length: 10 }, (_, bot) => {
    let failedAt = Number.NaN;
    return events.flatMap((event) => {
      if (!('bot' in event) || event.bot !== bot || event.at < 500) return [];
      if (event.kind === 'disconnected' || event.kind === 'connectFailed') failedAt = event.at;
      return event.kind === 'connecting' ? [event.at - failedAt] : [];
    });
  });
  for (const own of waits) {
    expect(own.length).toBeGreaterThanOrEqual(6);
    own.forEach((wait, attempt) => {
      const base = 1000 * 2 ** attempt;
      expect(wait).toBeGreaterThan(Math.min(base * 0.5, 5000) - 50);
      expect(wait).toBeLessThan(Math.min(base * 1.5, 5000) + 100 + stallMs);
    });
  }
  const late = waits.flatMap((own) => own.slice(5));
  for (const wait of late) expect(Math.abs(wait - 5000)).toBeLessThan(100 + stallMs);
  const early = waits.map(([first]) => first!);
  expect(Math.max(...early) - Math.min(...early)).toBeGreaterThan(100);
});
