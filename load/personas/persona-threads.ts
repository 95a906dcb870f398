import { Worker } from 'node:worker_threads';
import { UsageError } from '../../base/errors.ts';
import { moduleUrl } from '../../base/installation.ts';
import type { OfflinePolicy } from '../../bots/offline-policy.ts';
import type { PersonaBot } from '../../bots/persona.ts';
import type { PersonaSupport, PersonaWorld } from '../../bots/probes.ts';
import { isShipped, personaName } from './persona-files.ts';
import {
  type Act,
  type FromPersona,
  type PersonaThreadData,
  sharedAt,
  sharedTransports,
  type ToPersona,
  type Wish,
} from './persona-messages.ts';

const LOAD_MS = 10_000;
/** A persona whose thread gives no sign of life for so long is ended. */
const BLOCKED_MS = 3000;
const LOOK_MS = 20;
const HEAP_MB = 256;

/**
 * Goes once through what each persona of a file does, before anything is started. Throws a UsageError that says what is
 * wrong with one.
 */
export async function checkPersonas(who: readonly string[]): Promise<void> {
  for (const nameOrFile of who) {
    if (isShipped(nameOrFile)) continue;
    const thread = new PersonaThread(nameOrFile, { bots: 0, isRehearsal: true });
    try {
      await thread.loaded();
    } finally {
      await thread.close();
    }
  }
}

/** A persona by its name or file, and how many bots it lives. */
export interface PersonaOrder {
  readonly nameOrFile: string;
  readonly bots: number;
}

/** The personas of a run in threads of their own. */
export class PersonaThreads implements Omit<PersonaSupport, 'linkFaults'> {
  /** What they say of it, by name. */
  readonly offline = new Map<string, OfflinePolicy | undefined>();
  readonly #threads = new Map<string, PersonaThread>();

  /** Resolves once all are loaded. Rejects with a UsageError. */
  async start(orders: readonly PersonaOrder[]): Promise<void> {
    const starting = orders.map(async ({ nameOrFile, bots }) => {
      const thread = new PersonaThread(nameOrFile, { bots, isRehearsal: false });
      const name = personaName(nameOrFile);
      this.#threads.set(name, thread);
      this.offline.set(name, await thread.loaded());
    });
    await Promise.all(starting);
  }

  live(persona: string, bot: PersonaBot, world: PersonaWorld, seed: string): Promise<void> {
    return this.#threads.get(persona)!.live(bot, world, seed);
  }

  close(): void {
    for (const thread of this.#threads.values()) void thread.close();
  }
}

/** A bot that a persona lives. */
interface Life {
  readonly bot: PersonaBot;
  readonly world: PersonaWorld;
  readonly begun: Map<number, { over(): void }>;
  readonly end: PromiseWithResolvers<void>;
}

/** A persona in a thread of its own: it sees its bots through shared memory, and acts on them by messages. */
class PersonaThread {
  readonly #nameOrFile: string;
  readonly #worker: Worker;
  readonly #state: Int32Array;
  readonly #lives: Life[] = [];
  readonly #load = Promise.withResolvers<OfflinePolicy | undefined>();
  readonly #timer: NodeJS.Timeout;
  #sign = 0;
  #signAt = performance.now();
  #failure: string | undefined;

  constructor(nameOrFile: string, { bots, isRehearsal }: { readonly bots: number; readonly isRehearsal: boolean }) {
    const shared = new SharedArrayBuffer((1 + 2 * bots) * Int32Array.BYTES_PER_ELEMENT);
    const workerData: PersonaThreadData = { nameOrFile, isRehearsal, shared };
    this.#nameOrFile = nameOrFile;
    this.#state = new Int32Array(shared);
    this.#worker = new Worker(moduleUrl('./persona-thread.ts', import.meta.url), {
      workerData,
      // What is loaded into every child, and gives its signs of life, is not for this thread.
      execArgv: [],
      resourceLimits: { maxOldGenerationSizeMb: HEAP_MB },
    });
    this.#worker.on('message', (message: FromPersona) => this.#heard(message));
    this.#worker.on('error', (error) =>
      this.#fail(`its thread failed: ${error instanceof Error ? error.message : error}`),
    );
    this.#worker.on('exit', (code) => this.#fail(`its code ended its thread with ${code}`));
    this.#load.promise.catch(() => {});
    this.#timer = setInterval(() => this.#look(), LOOK_MS);
    this.#timer.unref();
  }

  /** Its offline policy, once it is loaded. Rejects with a UsageError that says why it cannot be. */
  async loaded(): Promise<OfflinePolicy | undefined> {
    const timer = setTimeout(() => this.#fail(`it did not load within ${LOAD_MS / 1000} s`), LOAD_MS);
    try {
      return await this.#load.promise;
    } finally {
      clearTimeout(timer);
    }
  }

  /** Has it live for a bot. Rejects with an Error that says what went wrong, where its file says so with the line. */
  live(bot: PersonaBot, world: PersonaWorld, seed: string): Promise<void> {
    const end = Promise.withResolvers<void>();
    const place = this.#lives.push({ bot, world, begun: new Map(), end }) - 1;
    if (this.#failure !== undefined) end.reject(new Error(this.#failure));
    this.#tell({ live: { place, number: bot.number, name: bot.name, seed } });
    return end.promise;
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    this.#failure ??= 'the run is over';
    await this.#worker.terminate();
  }

  /** Shows the thread how its bots are, and looks whether it lives itself. */
  #look(): void {
    for (const [place, { bot }] of this.#lives.entries()) {
      const at = sharedAt(place);
      const transport = sharedTransports.indexOf(bot.transport);
      Atomics.store(this.#state, at.isInRoom, bot.isInRoom ? 1 : 0);
      Atomics.store(this.#state, at.transport, Math.max(0, transport));
    }
    const sign = Atomics.load(this.#state, 0);
    const now = performance.now();
    if (sign !== this.#sign) this.#signAt = now;
    this.#sign = sign;
    // Before its first sign the thread has not started.
    if (sign > 0 && now - this.#signAt > BLOCKED_MS)
      this.#fail(`its code blocked its thread for ${BLOCKED_MS / 1000} s`);
  }

  #heard(message: FromPersona): void {
    if ('loaded' in message) this.#load.resolve(message.loaded.offline);
    else if ('unusable' in message) this.#load.reject(this.#unusable(message.unusable.message));
    else if ('act' in message) act(this.#lives[message.act.place]!.bot, message.act.act);
    else if ('ask' in message) void this.#do(message.ask.place, message.ask.call, message.ask.wish);
    else if ('over' in message) {
      const { begun } = this.#lives[message.over.place]!;
      begun.get(message.over.call)?.over();
      begun.delete(message.over.call);
    } else if (message.ended.error === undefined) this.#lives[message.ended.place]!.end.resolve();
    else this.#lives[message.ended.place]!.end.reject(new Error(message.ended.error));
  }

  async #do(place: number, call: number, wish: Wish): Promise<void> {
    const { world, begun, end } = this.#lives[place]!;
    try {
      if ('pauseMs' in wish) await world.pause(wish.pauseMs);
      else begun.set(call, await world.happen(wish.link));
      this.#tell({ answer: { call, error: undefined } });
    } catch (error) {
      // What ends every persona ends this one at once, whatever it makes of it.
      if (world.isOver()) end.resolve();
      this.#tell({ answer: { call, error: (error as Error).message } });
    }
  }

  /** Nothing of it goes on: what it had begun is over, and who lives it has failed. */
  #fail(why: string): void {
    if (this.#failure !== undefined) return;
    this.#failure = why;
    this.#load.reject(this.#unusable(`Cannot load the persona ${this.#nameOrFile}: ${why}.`));
    for (const { begun, end } of this.#lives) {
      for (const one of begun.values()) one.over();
      begun.clear();
      end.reject(new Error(why));
    }
    void this.close();
  }

  #unusable(message: string): UsageError {
    return new UsageError('PERSONA', message, this.#nameOrFile);
  }

  #tell(message: ToPersona): void {
    this.#worker.postMessage(message);
  }
}

function act(bot: PersonaBot, act: Act): void {
  if (act.name === 'changeNetwork') bot.changeNetwork(act.localAddress);
  else bot[act.name]();
}
