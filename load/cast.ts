import { setTimeout as pause } from 'node:timers/promises';
import { hostNow } from '../bots/clock.ts';
import { Child, type ChildSpec, type Role } from './child.ts';
import { hasSource } from './run-folder.ts';

/** Artillery alone takes seconds to start, and many on a busy machine. */
const READY_MS = 30_000;
const POLL_MS = 20;
const CLOSE_MS = 4000;

/** A run's children, by role. */
export class Cast {
  readonly children: ReadonlyMap<Role, Child>;
  readonly #children = new Map<Role, Child>();

  constructor() {
    this.children = this.#children;
  }

  /** Starts a child and waits for the message that says it is ready. Throws where none comes. */
  async start<T>(spec: ChildSpec, read: (message: unknown) => T | undefined): Promise<{ child: Child; message: T }> {
    const child = this.#launch(spec);
    try {
      return { child, message: await child.message(read, READY_MS) };
    } catch (error) {
      throw notReady(spec, (error as Error).message);
    }
  }

  /** Starts a child and waits until it has opened its file in the run's folder. Throws where it does not. */
  async startWriting(spec: ChildSpec): Promise<Child> {
    const child = this.#launch(spec);
    for (const end = hostNow() + READY_MS; !hasSource(spec.folder, spec.role); await pause(POLL_MS)) {
      if (child.how) throw notReady(spec, `ended with ${child.how}`);
      if (hostNow() > end) throw notReady(spec, `gave no sign within ${READY_MS / 1000} s`);
    }
    return child;
  }

  /** Ends a child whose part is over. */
  async dismiss(child: Child): Promise<void> {
    await child.close(CLOSE_MS);
    this.#children.delete(child.role);
  }

  /** Role and pid of every child. */
  pids(): { role: Role; pid: number }[] {
    return [...this.#children.values()].map(({ role, pid }) => ({ role, pid }));
  }

  kill(): void {
    for (const child of this.#children.values()) child.kill('SIGKILL');
  }

  /** Ends them all, the server last; resolves when they are gone. */
  async close(): Promise<void> {
    const clients = [...this.#children.values()].filter(({ role }) => role !== 'server');
    await Promise.all(clients.map((child) => child.close(CLOSE_MS)));
    await this.#children.get('server')?.close(CLOSE_MS);
  }

  #launch(spec: ChildSpec): Child {
    const child = new Child(spec);
    this.#children.set(spec.role, child);
    return child;
  }
}

function notReady({ role, folder }: ChildSpec, why: string): Error {
  return new Error(`The ${role} ${why} before it was ready; see ${role}.log in ${folder}.`);
}
