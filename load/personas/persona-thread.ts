/** Main of the thread in which a persona lives: whatever its code does, it ends or blocks nothing but this thread. */

import { parentPort, workerData } from 'node:worker_threads';
import { UsageError } from '../../base/errors.ts';
import { randomOf } from '../../base/random.ts';
import type { PersonaBot, World } from '../../bots/persona.ts';
import { parseFault } from '../../faults/registry.ts';
import { type LoadedPersona, loadPersona } from './persona-files.ts';
import {
  type Act,
  type FromPersona,
  type PersonaThreadData,
  sharedAt,
  sharedTransports,
  type ToPersona,
  type Wish,
} from './persona-messages.ts';
import { notAnArray, rehearse } from './persona-rehearsal.ts';
import { failureWords, siteIn } from './persona-site.ts';

const SIGN_OF_LIFE_MS = 200;

const { nameOrFile, isRehearsal, shared } = workerData as PersonaThreadData;
const state = new Int32Array(shared);
const waiting = new Map<number, (error: string | undefined) => void>();
let calls = 0;

Atomics.add(state, 0, 1);
setInterval(() => Atomics.add(state, 0, 1), SIGN_OF_LIFE_MS).unref();
try {
  const loaded = await loadPersona(nameOrFile);
  if (isRehearsal) await reportProblems(loaded);
  else parentPort?.on('message', (message: ToPersona) => hear(loaded, message));
  tell({ loaded: { offline: loaded.persona.offline } });
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  tell({ unusable: { message: error.message } });
}

/** Throws a UsageError that names what the persona asks for and there is not. */
async function reportProblems({ persona, url }: LoadedPersona): Promise<void> {
  const [problem] = await rehearse(persona, parseFault);
  if (problem) throw new UsageError('PERSONA', `${failureWords(problem)}${siteIn(problem, url)}`, nameOrFile);
}

function hear(loaded: LoadedPersona, message: ToPersona): void {
  if ('live' in message) void live(loaded, message.live);
  else waiting.get(message.answer.call)?.(message.answer.error);
}

async function live(
  { persona, url }: LoadedPersona,
  about: Extract<ToPersona, { live: unknown }>['live'],
): Promise<void> {
  const { place } = about;
  try {
    await persona.live(botAt(about), worldOf(about));
    tell({ ended: { place, error: undefined } });
  } catch (error) {
    tell({ ended: { place, error: `${failureWords(error)}${siteIn(error, url)}` } });
  }
}

function botAt({ place, number, name }: { place: number; number: number; name: string }): PersonaBot {
  const at = sharedAt(place);
  const act = (act: Act) => tell({ act: { place, act } });
  return {
    number,
    name,
    get transport() {
      return sharedTransports[Atomics.load(state, at.transport)];
    },
    get isInRoom() {
      return Atomics.load(state, at.isInRoom) === 1;
    },
    connect: () => act({ name: 'connect' }),
    disconnect: () => act({ name: 'disconnect' }),
    changeNetwork: (localAddress) => act({ name: 'changeNetwork', localAddress }),
    sleep: () => act({ name: 'sleep' }),
    wake: () => act({ name: 'wake' }),
  };
}

function worldOf({ place, seed }: { place: number; seed: string }): World {
  return {
    random: randomOf(seed),
    pause: async (ms) => void (await ask(place, { pauseMs: ms })),
    async happen(link = []) {
      if (!Array.isArray(link)) throw notAnArray();
      const call = await ask(place, { link });
      return { over: () => tell({ over: { place, call } }) };
    },
  };
}

/** Has something done; gives the number of the call. Rejects with an Error that was made here, where it was asked for. */
function ask(place: number, wish: Wish): Promise<number> {
  calls += 1;
  const call = calls;
  const refused = new Error();
  return new Promise((resolve, reject) => {
    waiting.set(call, (error) => {
      waiting.delete(call);
      if (error === undefined) return resolve(call);
      refused.message = error;
      reject(refused);
    });
    tell({ ask: { place, call, wish } });
  });
}

function tell(message: FromPersona): void {
  parentPort?.postMessage(message);
}
