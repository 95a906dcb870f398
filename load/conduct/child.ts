import { spawn } from 'node:child_process';
import type { EventEmitter } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { compileCache, modulePath } from '../../base/installation.ts';
import { printable } from '../../base/printable.ts';
import type { ProcessEnd } from '../../measure/metrics/events.ts';
import { PULSE_FOLDER, PULSE_NAME } from '../folder/pulse.ts';

export type Role =
  | 'worker'
  | 'server'
  | 'primary'
  | 'balancer'
  | 'redis'
  | 'redisProxy'
  | 'proxy'
  | 'probes'
  | 'crowd'
  | 'nullTarget'
  | 'audit'
  | 'hook';

export interface ChildSpec {
  readonly role: Role;
  /** The file to run with Node, and its arguments; or the arguments of another program. */
  readonly main: readonly string[];
  /** What is run instead of Node: nothing can be said to it. */
  readonly program?: string;
  readonly env: Readonly<Record<string, string>>;
  /** What Node is told besides. */
  readonly nodeArgs?: readonly string[];
  /** Where its output goes, as ROLE-NUMBER.log. */
  readonly folder: string;
  /** Starts it as a worker of a Node cluster; it is spawned by itself otherwise. */
  readonly fork?: (start: ForkOrder) => Promise<ChildHandle>;
}

/** A Node process to be forked by another one. */
export interface ForkOrder {
  readonly main: string;
  readonly nodeArgs: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly log: string;
}

/** A process as its starter holds it: told of by the events `message`, `exit` and `error`, as a ChildProcess is. */
export interface ChildHandle extends EventEmitter {
  readonly pid?: number | undefined;
  readonly connected: boolean;
  send(message: object, sent: () => void): unknown;
  kill(signal: NodeJS.Signals): unknown;
}

/** How much of a log is told, and of its lines. */
const TAIL_CHARACTERS = 8000;
const MOST_LINES = 4;
const LONGEST_LINE = 300;

const leash = modulePath('../children/leash.ts', import.meta.url);

/**
 * A child process of the conductor, in a group of its own, so that Ctrl-C reaches only the conductor, and on a leash, so
 * that it ends with the conductor.
 */
export class Child {
  readonly role: Role;
  /** Tells it from other children of its role. */
  readonly number: number;
  readonly pid: number;
  /** Never rejects. */
  readonly ended: Promise<ProcessEnd>;
  readonly #process: ChildHandle;
  readonly #log: string;
  #end: ProcessEnd | undefined;

  private constructor(role: Role, number: number, log: string, started: ChildHandle) {
    this.role = role;
    this.number = number;
    this.#log = log;
    this.#process = started;
    this.pid = started.pid ?? 0;
    this.ended = new Promise((resolve) => {
      const settle = (end: ProcessEnd) => {
        this.#end ??= end;
        resolve(this.#end);
      };
      started.once('exit', (code: number | null, signal: NodeJS.Signals | null) =>
        settle(signal ? { kind: 'signal', signal } : { kind: 'exit', code: code ?? 0 }),
      );
      started.on('error', ({ message }: Error) => {
        if (this.pid === 0) settle({ kind: 'failed', message });
      });
    });
  }

  static async start(spec: ChildSpec, number: number): Promise<Child> {
    const { role, folder } = spec;
    const name = childName({ role, number });
    const log = join(folder, `${name}.log`);
    const started = startProcess(spec, name, log);
    // What cannot be spawned says so at once: somebody has to listen by then.
    return new Child(role, number, log, started instanceof Promise ? await started : started);
  }

  /** How it ended, undefined while it runs. */
  get end(): ProcessEnd | undefined {
    return this.#end;
  }

  /** The last lines that it printed, without stacks: why it ended, as far as it said so. */
  lastLines(): string[] {
    try {
      const lines = readFileSync(this.#log, 'utf8').slice(-TAIL_CHARACTERS).split('\n');
      const told = lines.filter((line) => line.trim() !== '' && !/^ {4}at |^Node\.js v|^\s*\^+\s*$/.test(line));
      return told.slice(-MOST_LINES).map((line) => printable(line).slice(0, LONGEST_LINE));
    } catch {
      return [];
    }
  }

  send(message: object): void {
    if (this.#process.connected) this.#process.send(message, () => {});
  }

  /** Calls back with every message from now on. */
  listen(heard: (message: unknown) => void): void {
    this.#process.on('message', heard);
  }

  /** The first message that `read` makes something of; how the child ended before it, or that it took too long. */
  async message<T>(read: (message: unknown) => T | undefined, timeoutMs: number): Promise<Awaited<T> | ChildFailure> {
    const { promise, resolve } = Promise.withResolvers<T | ChildFailure>();
    const listen = (message: unknown) => {
      const made = read(message);
      if (made !== undefined) resolve(made);
    };
    const timer = setTimeout(() => resolve(new ChildFailure({ kind: 'timedOut', afterMs: timeoutMs })), timeoutMs);
    this.#process.on('message', listen);
    void this.ended.then((end) => resolve(new ChildFailure(end)));
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
      this.#process.off('message', listen);
    }
  }

  /** Asks it to end, and kills it where it has not after `patienceMs`; resolves when it is gone. */
  async close(patienceMs: number): Promise<void> {
    if (this.#end !== undefined) return;
    this.kill('SIGTERM');
    const timer = setTimeout(() => this.kill('SIGKILL'), patienceMs);
    await this.ended;
    clearTimeout(timer);
  }

  kill(signal: NodeJS.Signals): void {
    if (this.#end === undefined) this.#process.kill(signal);
  }
}

/** A child that ended, or took too long, before it did what was waited for. */
export class ChildFailure {
  readonly end: ProcessEnd;

  constructor(end: ProcessEnd) {
    this.end = end;
  }
}

/** A child as one word, as its log and its signs of life are named: `probes-0`. */
export function childName({ role, number }: { readonly role: Role; readonly number: number }): string {
  return `${role}-${number}`;
}

function startProcess(
  { main, program, env, nodeArgs: more = [], folder, fork }: ChildSpec,
  name: string,
  log: string,
): ChildHandle | Promise<ChildHandle> {
  const own = { [PULSE_FOLDER]: folder, [PULSE_NAME]: name };
  const nodeArgs = ['--import', leash, ...more];
  if (fork) return fork({ main: main[0]!, nodeArgs, env: { ...env, ...own }, log });
  const all = { NODE_COMPILE_CACHE: compileCache, ...process.env, ...env };
  const file = openSync(log, 'a');
  try {
    if (program !== undefined) return spawn(program, main, { env: all, stdio: ['ignore', file, file], detached: true });
    return spawn(process.execPath, [...nodeArgs, ...main], {
      env: { ...all, ...own },
      stdio: ['ignore', file, file, 'ipc'],
      detached: true,
    });
  } finally {
    closeSync(file);
  }
}
