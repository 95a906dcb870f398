import { z } from 'zod';

/** How a length of time is written: `250ms`, `8s`, `2m`. */
export const DURATION = /^\d+(\.\d+)?(ms|s|m)$/;

/** A length of time, as {@link DURATION} has it, in ms. */
export function durationMs(text: string): number {
  const unit = DURATION.exec(text)?.[2] as 'ms' | 's' | 'm';
  return Number.parseFloat(text) * { ms: 1, s: 1000, m: 60_000 }[unit];
}

/** A length of time in a scenario or an option. Parses to milliseconds. */
export const duration = z.string().regex(DURATION, 'a time such as 30s, 250ms or 2m').transform(durationMs);

/** A length of time in whole seconds: windows are a second long. Parses to seconds. */
export const wholeSeconds = duration
  .transform((ms) => ms / 1000)
  .refine((seconds) => Number.isInteger(seconds), 'whole seconds such as 30s')
  .refine((seconds) => seconds <= 86_400, 'at most a day');

/** An amount of bytes: `500B`, `2kB` or `1MB`. Parses to bytes. */
export const bytes = z
  .string()
  .regex(/^\d+(\.\d+)?(B|kB|MB)$/, 'an amount such as 2kB')
  .transform((text) =>
    Math.round(Number.parseFloat(text) * (text.endsWith('kB') ? 1000 : text.endsWith('MB') ? 1e6 : 1)),
  )
  .refine((amount) => amount >= 1 && amount <= 10_000_000, 'from 1B to 10MB');

/** How often: `10/s` or `30/m`. Parses to times per second. */
export const rate = z
  .string()
  .regex(/^\d+(\.\d+)?\/[sm]$/, 'a rate such as 10/s or 30/m')
  .transform((text) => Number.parseFloat(text) / (text.endsWith('/m') ? 60 : 1))
  .refine((perSecond) => perSecond > 0, 'a rate above zero')
  .refine((perSecond) => perSecond <= 10_000, 'at most 10000/s');
