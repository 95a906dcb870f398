import { setTimeout as pause } from 'node:timers/promises';
import type { TimedFault } from '../../plan/layout.ts';
import type { Child } from '../child.ts';

/** Something that goes wrong with the target itself. */
export type TargetFault = Extract<TimedFault, { kind: 'target' }>;

/** Who makes a fault, and who has to know of it. */
export interface FaultWatch {
  /** To be called just before its first effect. */
  on(): void;
  /** To be called when everything is as it was, which may take its time. */
  off(): void;
  /** Whether the run is over: nothing more is to go wrong. */
  readonly isStopped: () => boolean;
  readonly stopped: Promise<void>;
}

/** The target, as far as faults are made to it. */
export interface Target {
  /** Makes a fault. Rejects with a StartError or a HookError where what it ended does not come back. */
  strike(fault: TargetFault, watch: FaultWatch): Promise<void>;
}

/** One process of the chat server. */
export interface ServerNode {
  /** Empty where there is but one. */
  readonly name: string;
  readonly url: URL;
  /** Its process by now; undefined while it is down. */
  readonly child: Child | undefined;
}

/** The reference chat, run by the conductor. */
export interface EmbeddedTarget extends Target {
  /** Starts all of it; where it is reached. Rejects with a StartError. */
  start(): Promise<URL>;
  readonly nodes: readonly ServerNode[];
  /** Whether a child was ended by a fault. */
  wasEnded(child: Child): boolean;
  /** Removes what it kept elsewhere than in the run's folder; its processes are gone by then. */
  close(): Promise<void>;
}

/** Waits, unless the run is over before. */
export async function pauseUnlessStopped(ms: number, { stopped }: FaultWatch): Promise<void> {
  await Promise.race([pause(ms, undefined, { ref: false }), stopped]);
}

/** A server that can be ended and brought up again: `kill` at once, `restart` in order. */
export interface Restartable {
  end(how: 'kill' | 'restart'): Promise<void>;
  bringUp(how: 'kill' | 'restart'): Promise<void>;
  /** Whether it has to be there again even where the run is over meanwhile. */
  readonly outlivesRun: boolean;
}

/** Ends a server and brings it up again after `downMs`. */
export async function endAndBringUp(
  server: Restartable,
  { how, downMs }: { readonly how: 'kill' | 'restart'; readonly downMs: number },
  watch: FaultWatch,
): Promise<void> {
  watch.on();
  await server.end(how);
  await pauseUnlessStopped(downMs, watch);
  if (watch.isStopped() && !server.outlivesRun) return;
  await server.bringUp(how);
  watch.off();
}
