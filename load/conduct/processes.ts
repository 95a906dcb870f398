import { setTimeout as pause } from 'node:timers/promises';
import { hostNow } from '../../bots/clock.ts';
import type { ProcessEnd } from '../../measure/metrics/events.ts';
import type { SourceRole } from '../../measure/metrics/source.ts';
import { hasSource } from '../folder/run-folder.ts';
import { Child, ChildFailure, type ChildSpec, childName, type Role } from './child.ts';

/** Artillery alone takes seconds to start, and many on a busy machine. */
const READY_MS = 30_000;
const POLL_MS = 20;
const CLOSE_MS = 4000;

/** A child that did not start. */
export class StartError extends Error {
  readonly role: Role;
  readonly end: ProcessEnd;

  constructor({ role, folder }: ChildSpec, name: string, end: ProcessEnd) {
    super(`The ${role} process did not start (${endWords(end)}). See ${name}.log in ${folder}.`);
    this.role = role;
    this.end = end;
  }
}

/** A run's child processes: any number of each role. */
export class Processes {
  readonly #children = new Set<Child>();
  readonly #started = new Map<Role, number>();

  get all(): readonly Child[] {
    return [...this.#children];
  }

  of(role: Role): readonly Child[] {
    return this.all.filter((child) => child.role === role);
  }

  /** Starts a child and waits for the message that says it is ready. Throws a StartError where none comes. */
  async start<T>(spec: ChildSpec, read: (message: unknown) => T | undefined): Promise<{ child: Child; message: T }> {
    const child = this.#launch(spec);
    const message = await child.message(read, READY_MS);
    if (message instanceof ChildFailure) throw new StartError(spec, childName(child), message.end);
    return { child, message };
  }

  /** Starts a child and waits until it has opened its file in the run's folder. Throws a StartError where it does not. */
  async startWriting(spec: ChildSpec & { readonly role: SourceRole & Role }): Promise<Child> {
    const child = this.#launch(spec);
    for (const end = hostNow() + READY_MS; !hasSource(spec.folder, spec.role); await pause(POLL_MS)) {
      if (child.end) throw new StartError(spec, childName(child), child.end);
      if (hostNow() > end) throw new StartError(spec, childName(child), { kind: 'timedOut', afterMs: READY_MS });
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

  /** Ends them all, servers last; resolves when they are gone. */
  async close(): Promise<void> {
    await Promise.all(this.all.filter(({ role }) => role !== 'server').map((child) => child.close(CLOSE_MS)));
    await Promise.all(this.of('server').map((child) => child.close(CLOSE_MS)));
  }

  #launch(spec: ChildSpec): Child {
    const number = this.#started.get(spec.role) ?? 0;
    this.#started.set(spec.role, number + 1);
    const child = new Child(spec, number);
    this.#children.add(child);
    return child;
  }
}

function endWords(end: ProcessEnd): string {
  switch (end.kind) {
    case 'exit':
      return `exit code ${end.code}`;
    case 'signal':
      return end.signal;
    case 'failed':
      return end.message;
    case 'timedOut':
      return `no answer within ${end.afterMs / 1000} s`;
    case 'unrecorded':
      return 'not recorded';
  }
}
