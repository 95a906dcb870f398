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
  if (value >= 10_000) return `${(value / 1000).toFixed(1)} s`;
  if (value >= 100) return `${value.toFixed(0)} ms`;
  return value >= 10 ? `${value.toFixed(1)} ms` : `${value.toFixed(2)} ms`;
}

/** Milliseconds of an outage: to two digits, in seconds from one second on. */
export function howLong(value: number): string {
  if (value >= 999.5) return `${(value / 1000).toFixed(1)} s`;
  return `${value.toFixed(value < 9.95 ? 1 : 0)} ms`;
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

/** Bytes in decimal steps: 136 MB. */
export function bytes(value: number): string {
  const steps = ['B', 'kB', 'MB', 'GB', 'TB'];
  const step = value < 1000 ? 0 : Math.min(steps.length - 1, Math.floor(Math.log10(value) / 3));
  return `${plainNumber(value / 1000 ** step)} ${steps[step]}`;
}

/** A number as short as it can be without hiding a small one. */
export function plainNumber(value: number): string {
  return Number.isInteger(value) ? count(value) : Number(value.toPrecision(3)).toString();
}

/** Names as a sentence lists them: a, b and c. */
export function listed(names: readonly string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}
