import type { Unit } from '../../measure/catalogue.ts';
import { ms, percent, plainNumber } from '../sentences.ts';

/** A value with its unit, as tables and tooltips show it; a dash where there is none. */
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

/** A value at an axis: as short as it can be. */
export function tickIn(unit: Unit, value: number): string {
  switch (unit) {
    case 'ms':
      return value >= 10_000 ? `${plainNumber(value / 1000)} s` : `${plainNumber(value)} ms`;
    case 'percent':
      return `${plainNumber(value)} %`;
    case 'ratio':
      return `${plainNumber(value * 100)} %`;
    default:
      return valueIn(unit, value);
  }
}

/** Bytes in decimal steps: 136 MB. */
export function bytes(value: number): string {
  const steps = ['B', 'kB', 'MB', 'GB', 'TB'];
  const step = value < 1000 ? 0 : Math.min(steps.length - 1, Math.floor(Math.log10(value) / 3));
  return `${plainNumber(value / 1000 ** step)} ${steps[step]}`;
}

/** A part of a whole in percent, with as many digits as it takes not to look like none or all of it. */
export function shareOf(part: number, whole: number): string {
  if (whole <= 0) return '–';
  const percentage = (part / whole) * 100;
  if (part === 0 || part === whole) return `${percentage} %`;
  const digits = [1, 2, 3, 4].find((n) => !/^(0\.0*|100\.0*)$/.test(percentage.toFixed(n))) ?? 4;
  return `${percentage.toFixed(digits)} %`;
}

/** A time of the run: 12 s, from two minutes on 2:05 or 1:02:05. */
export function timeOf(seconds: number): string {
  if (seconds < 120) return `${plainNumber(seconds)} s`;
  const whole = Math.round(seconds);
  const two = (n: number) => String(n).padStart(2, '0');
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor(whole / 60) % 60;
  return hours > 0 ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}
