import { writeFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Attack } from '../test/hostile/frame-attack.ts';
import { startChat, startNeighbour } from './chat-under-watch.ts';
import { slopeOf } from './slope.ts';

const ATTACKS = 4;
/** Frames per second of all of them together: a server that is saturated says nothing of its frames. */
const RATE = 3000;
const CALM_MS = 10_000;
const CHECKS = 20;
const SETTLED_MS = 12_000;

/** Rooms are few and small, lest the heap grow for as long as they fill. */
const options = { messagesPerSecond: 0, maxConnectionsPerAddress: 0, maxRooms: 50, historyBytes: 4000 };

/** Sends fuzzed frames over both transports; what became of the server, its heap, its descriptors and a neighbour. */
export async function measureFuzz(frames: number, told: (line: string) => void) {
  const chat = await startChat(options);
  const neighbour = await startNeighbour(chat.url);
  const pace = pacer(RATE);
  try {
    await pause(CALM_MS);
    const calm = await neighbour.times();
    const before = chat.descriptors();
    const attacks = Array.from({ length: ATTACKS }, (_, at) => {
      return new Attack(chat.url, at % 2 === 0 ? 'websocket' : 'polling', `bench ${at}`);
    });
    const heaps: { at: number; heap: number }[] = [];
    for (let check = 1; check <= CHECKS; check++) {
      const until = Math.floor((frames / ATTACKS / CHECKS) * check);
      try {
        await Promise.all(attacks.map((attack) => attack.run(until, pace)));
      } catch (error) {
        keep(attacks);
        throw error;
      }
      if (!chat.isAlive()) throw new Error(`The server is dead. The latest frames are in ${keep(attacks)}.`);
      const sent = attacks.reduce((sum, attack) => sum + attack.sent, 0);
      const heap = await chat.heap();
      heaps.push({ at: sent, heap });
      told(`${sent} frames, ${connectionsOf(attacks)} connections, heap ${(heap / 1e6).toFixed(1)} MB`);
    }
    const storm = await neighbour.times();
    await pause(SETTLED_MS);
    const { failures } = await chat.vitals();
    // The warm-up of caches and compiled code is not a leak.
    const slope = slopeOf(heaps.slice(CHECKS / 4).map(({ at, heap }) => [at / 100_000, heap / 1e6]));
    return {
      frames: heaps.at(-1)!.at,
      connections: connectionsOf(attacks),
      heapMb: { first: heaps[0]!.heap / 1e6, last: heaps.at(-1)!.heap / 1e6, settled: (await chat.heap()) / 1e6 },
      slope,
      descriptors: { before, after: chat.descriptors() },
      failures,
      calm,
      storm,
    };
  } finally {
    await neighbour.close();
    await chat.close();
  }
}

function connectionsOf(attacks: readonly Attack[]): number {
  return attacks.reduce((sum, attack) => sum + attack.connections, 0);
}

/** Keeps the frames that a server did not survive, for the tests; gives the file. */
function keep(attacks: readonly Attack[]): string {
  const file = fileURLToPath(new URL(`../test/hostile/cases/fuzz-${Date.now()}.json`, import.meta.url));
  const frames = attacks.flatMap(({ latest }) => latest.map((frame) => frame.toString()));
  writeFileSync(file, `${JSON.stringify(frames, null, 2)}\n`);
  return file;
}

/** Lets so many through in a second, over all callers. */
function pacer(perSecond: number): (batch: number) => Promise<void> {
  let dueAt = performance.now();
  return async (batch) => {
    dueAt = Math.max(dueAt, performance.now() - 1000) + (batch / perSecond) * 1000;
    const wait = dueAt - performance.now();
    if (wait > 5) await pause(wait);
  };
}
