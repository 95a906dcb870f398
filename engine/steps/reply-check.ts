import { isDeepStrictEqual } from 'node:util';
import type { CaptureResult, Values } from '../artillery.ts';
import { filled } from '../blanks.ts';
import { StepError } from '../step-error.ts';
import type { VirtualUser } from '../virtual-user.ts';

type Arguments = readonly unknown[];

/** As Artillery's other engines wait. */
const TIMEOUT_S = 10;

/** Seconds that are written at a step, or in `config.timeout`; 10 by default. */
export function millisecondsOf(written: unknown): (user: VirtualUser) => number {
  const seconds = filled(written);
  return (user) => {
    const wanted = Number(seconds(user) ?? user.kit.script.config.timeout ?? TIMEOUT_S);
    return 1000 * (wanted > 0 ? wanted : TIMEOUT_S);
  };
}

/**
 * Holds arguments against what is expected (`args`, or `data` of the only one; `match`), and keeps what is captured (`capture`).
 * Rejects with a StepError.
 */
export function checkOf({
  args,
  data,
  capture,
  match,
}: Values): (user: VirtualUser, heard: Arguments) => Promise<void> {
  const [wanted, captures, matches] = [filled(args ?? data), filled(specsOf(capture)), filled(specsOf(match))];
  return async (user, heard) => {
    const expected = wanted(user);
    if (expected !== undefined && !isDeepStrictEqual(Array.isArray(expected) ? heard : heard[0], expected))
      throw new StepError('data is not valid');
    const result = await extract({ capture: captures(user), match: matches(user) }, heard, user);
    if (!result) return;
    if (Object.values(result.matches).some(({ success }) => !success)) throw new StepError('Failed match');
    for (const [name, { value }] of Object.entries(result.captures)) user.context.vars[name] = value;
  };
}

/** Whether arguments match what is written. */
export function matcherOf(match: unknown): (user: VirtualUser, heard: Arguments) => Promise<boolean> {
  const matches = filled(specsOf(match));
  return async (user, heard) => {
    const result = await extract({ match: matches(user) }, heard, user);
    return !result || Object.values(result.matches).every(({ success }) => success === true);
  };
}

function extract(
  specs: { capture?: unknown; match?: unknown },
  heard: Arguments,
  { kit, context }: VirtualUser,
): Promise<CaptureResult | null> {
  const body = JSON.stringify(heard.length === 1 ? heard[0] : heard);
  return new Promise((resolve, reject) =>
    kit.helpers.captureOrMatch(specs, { body }, context, (error, result) =>
      error ? reject(new StepError(error.message)) : resolve(result),
    ),
  );
}

/** As a list; one that does not say where is about the first argument. */
function specsOf(specs: unknown): unknown {
  if (specs === undefined) return undefined;
  return [specs].flat().map((spec) => ({ json: '$.0', ...(spec as object) }));
}
