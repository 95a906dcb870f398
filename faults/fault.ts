/** What a fault is: the contract between the proxy and the files in `kinds/`, which define one each. */

import type { z } from 'zod';
import type { Handler, Stage } from './proxy/stage.ts';

/** What a fault does with the chunks of either direction; those without a handler pass. */
export interface Handlers {
  readonly up?: Handler | undefined;
  readonly down?: Handler | undefined;
}

/** Takes hold of a connection: is given the fault's parameters and its place in both directions. */
export type Attach<F> = (fault: F, up: Stage, down: Stage) => Handlers;

/** A fault as it is written: plain data with a `kind`, and which connections it touches. */
type FaultSchema = z.ZodObject<{ kind: z.ZodLiteral<string>; touches: z.ZodType; probability: z.ZodType }>;

/** A kind of fault: how it is written, and what it does to a connection that it touches. */
export interface FaultKind<S extends FaultSchema = FaultSchema> {
  readonly kind: string;
  readonly schema: S;
  readonly attach: Attach<z.output<S>>;
  /** Whether a connection that it touches is to end. */
  readonly cuts: boolean;
  /** Whether it ends only because an end misses the other's heartbeat. */
  readonly silent: boolean;
}

/** Defines a kind of fault; a line in `kinds/all.ts` makes it known. */
export function defineFault<S extends FaultSchema>(
  schema: S,
  attach: Attach<z.output<S>>,
  { cuts = false, silent = false } = {},
): FaultKind<S> {
  return { kind: schema.shape.kind.value, schema, attach, cuts, silent };
}

/** What is done to each direction by itself, as far as the fault's `direction` wants it. */
export function byDirection<F extends { direction: 'up' | 'down' | 'both' }>(
  handle: (fault: F, stage: Stage, opposite: Stage) => Handler,
): Attach<F> {
  return (fault, up, down) => ({
    up: fault.direction === 'down' ? undefined : handle(fault, up, down),
    down: fault.direction === 'up' ? undefined : handle(fault, down, up),
  });
}
