/** Numbers as people read them, the same in every output. */

import type { Unit } from '../../measure/metrics/metric-catalogue.ts';

/** A value with its unit; a dash where there is none. */
export function valueIn(unit: Unit, value: number | null | undefined): string {
  if (value === null || value === undefined) return '–';
  switch (unit) {
    case 'ms':
      return ms(value);
    case 'bytes':
      return bytes(value);
    case 'percent':
      return `${value.toFixed(value < 10 ? 1 : 0)} %`;
    case 'ratio':
      return percent(value);
    case '1':
    case '1/s':
      return plainNumber(value);
  }
}

/** Milliseconds to three significant digits, in seconds from ten seconds on. */
export function ms(value: number): string {
  return value >= 9995 ? `${threeDigits(value / 1000)} s` : `${threeDigits(value)} ms`;
}

/** Three significant digits, the last ones zeros in large numbers; 0.001 is the least that is told. */
export function threeDigits(value: number): string {
  const size = Math.abs(value);
  if (size >= 999.5) return count(Number(value.toPrecision(3)));
  if (size >= 99.95) return value.toFixed(0);
  if (size >= 9.995) return value.toFixed(1);
  if (size >= 0.9995 || size === 0) return value.toFixed(size === 0 ? 0 : 2);
  return value.toFixed(3);
}

/** A percentile in ms, or that too few messages are behind it. */
export function statistic(value: number | null): string {
  return value === null ? 'insufficient' : ms(value);
}

export function count(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

/** A number of things: 1 message, 2 messages. */
export function counted(value: number, one: string, many = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`;
}

export function percent(share: number): string {
  return `${(share * 100).toFixed(share < 0.1 ? 1 : 0)} %`;
}

/** A part of a whole in percent, with as many digits as it takes not to look like none or all of it. */
export function shareOf(part: number, whole: number): string {
  if (whole <= 0) return '–';
  const percentage = (part / whole) * 100;
  if (part === 0 || part === whole) return `${percentage} %`;
  const digits = [1, 2, 3, 4].find((n) => !/^(0\.0*|100\.0*)$/.test(percentage.toFixed(n))) ?? 4;
  return `${percentage.toFixed(digits)} %`;
}

/** Bytes in MB of a million, the same unit throughout: 136 MB. */
export function bytes(value: number): string {
  return `${threeDigits(value / 1e6)} MB`;
}

/** A number as short as it can be without hiding a small one. */
export function plainNumber(value: number): string {
  return Number.isInteger(value) ? count(value) : Number(value.toPrecision(3)).toString();
}

/** Names as a sentence lists them: a, b and c. */
export function listed(names: readonly string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}
