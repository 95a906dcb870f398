import { z } from 'zod';
import type { EventLine } from './events.ts';
import { sourceRoles } from './source.ts';
import type { Window } from './window.ts';

const at = z.number().finite();
const index = z.number().int().nonnegative();
const source = z.strictObject({ role: z.enum(sourceRoles), shard: index, number: index });
const numbers = z.record(z.string(), z.number().finite());
const window = z.object({
  at: at.int(),
  source,
  counters: numbers,
  histograms: z.record(z.string(), z.string()),
  gauges: numbers,
});
const eventLine = z.object({ at, source, event: z.looseObject({ kind: z.string(), at }) });

/** Reads a line of a run's folder; undefined where it is torn or something else. */
export function parseLine(text: string): Window | EventLine | undefined {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return undefined;
  }
  const asWindow = window.safeParse(json);
  if (asWindow.success) return asWindow.data;
  const asEvent = eventLine.safeParse(json);
  return asEvent.success ? (asEvent.data as unknown as EventLine) : undefined;
}
