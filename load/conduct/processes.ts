import { setTimeout as pause } from 'node:timers/promises';
import { accepts } from '../../base/accepts.ts';
import { hostNow } from '../../bots/clock.ts';
import type { ProcessEnd } from '../../measure/metrics/events.ts';
import type { SourceRole } from '../../measure/metrics/source.ts';
import { hasSource } from '../folder/run-folder.ts';
import { Child, ChildFailure, type ChildSpec, type Role } from './child.ts';
import { environmentFor, nodeArgsFor, type OtherPackages } from './other-packages.ts';
import { Watchdog } from './watchdog.ts';

/** Artillery alone takes seconds to start, and many on a busy machine. */
const READY_MS = 30_000;
const POLL_MS = 20;
const CLOSE_MS = 4000;

/** Who did not do its part, and what it said. */
export interface Failed {
  readonly role: Role;
  lastLines(): string[];
}

/** A child that ended, or a worker that did not do its part in time, before the run could be measured. */
export class StartError extends Error {
  readonly child: Failed;
  readonly end: ProcessEnd;

  constructor(child: Failed, end: ProcessEnd) {
    super(`The ${child.role} process did not do its part.`);
    this.child = child;
    this.end = end;
  }
}

/** A run's child processes: any number of each role. */
export class Processes {
  readonly #children = new Set<Child>();
  readonly #started = new Map<Role, number>();
  readonly #watchdog = new Watchdog();
  readonly #changed: () => void;
  readonly #packages: OtherPackages | undefined;

  /** `changed` is called whenever a child was started; server and probes use other `packages` where they are given. */
  constructor(changed: () => void, packages?: OtherPackages) {
    this.#changed = changed;
    this.#packages = packages;
  }

  get all(): readonly Child[] {
    return [...this.#children];
  }

  of(role: Role): readonly Child[] {
    return this.all.filter((child) => child.role === role);
  }

  /** Starts a child and waits for the message that says it is ready. Throws a StartError where none comes. */
  async start<T>(spec: ChildSpec, read: (message: unknown) => T | undefined): Promise<{ child: Child; message: T }> {
    const child = await this.#launch(spec);
    const message = await child.message(read, READY_MS);
    if (message instanceof ChildFailure) throw new StartError(child, message.end);
    return { child, message };
  }

  /** Starts a child and waits until it has opened its file in the run's folder. Throws a StartError where it does not. */
  async startWriting(spec: ChildSpec & { readonly role: SourceRole & Role }): Promise<Child> {
    const child = await this.#launch(spec);
    for (const end = hostNow() + READY_MS; !hasSource(spec.folder, spec.role); await pause(POLL_MS)) {
      if (child.end) throw new StartError(child, child.end);
      if (hostNow() > end) throw new StartError(child, { kind: 'timedOut', afterMs: READY_MS });
    }
    return child;
  }

  /** Starts a program and waits until it takes connections on a port of this machine. Throws a StartError where it does not. */
  async startListening(spec: ChildSpec, port: number): Promise<Child> {
    const child = await this.#launch(spec);
    const address = new URL(`http://127.0.0.1:${port}`);
    for (const end = hostNow() + READY_MS; !(await accepts(address)); await pause(POLL_MS)) {
      if (child.end) throw new StartError(child, child.end);
      if (hostNow() > end) throw new StartError(child, { kind: 'timedOut', afterMs: READY_MS });
    }
    return child;
  }

  /** Ends a child whose part is over. */
  async stop(child: Child): Promise<void> {
    await child.close(CLOSE_MS);
    this.forget(child);
  }

  /** Takes a child that has ended off the list. */
  forget(child: Child): void {
    this.#children.delete(child);
  }

  /** Role, number and pid of every child. */
  pids(): { role: Role; number: number; pid: number }[] {
    return this.all.map(({ role, number, pid }) => ({ role, number, pid }));
  }

  kill(): void {
    for (const child of this.#children) child.kill('SIGKILL');
  }

  /** Ends them all: what the servers stand on last, servers before it; resolves when they are gone. */
  async close(): Promise<void> {
    const last: readonly Role[] = ['redisProxy', 'redis', 'primary'];
    const closeAll = (isMeant: (role: Role) => boolean) =>
      Promise.all(this.all.filter(({ role }) => isMeant(role)).map((child) => child.close(CLOSE_MS)));
    await closeAll((role) => role !== 'server' && !last.includes(role));
    await closeAll((role) => role === 'server');
    await closeAll((role) => last.includes(role));
    this.#watchdog.close();
  }

  #withPackages(spec: ChildSpec): ChildSpec {
    if (!this.#packages || !['server', 'probes', 'audit'].includes(spec.role)) return spec;
    const env = { ...spec.env, ...environmentFor(this.#packages) };
    return { ...spec, env, nodeArgs: nodeArgsFor(this.#packages) };
  }

  async #launch(spec: ChildSpec): Promise<Child> {
    const number = this.#started.get(spec.role) ?? 0;
    this.#started.set(spec.role, number + 1);
    const child = await Child.start(this.#withPackages(spec), number);
    this.#children.add(child);
    if (child.pid > 0) this.#watchdog.began(child.pid);
    void child.ended.then(() => this.#watchdog.ended(child.pid));
    this.#changed();
    return child;
  }
}
