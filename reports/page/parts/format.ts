import type { Unit } from '../../../measure/metrics/metric-catalogue.ts';
import { plainNumber, valueIn } from '../../wording/quantities.ts';

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

/** A time of the run: 12 s, from two minutes on 2:05 or 1:02:05. */
export function timeOf(seconds: number): string {
  if (seconds < 120) return `${plainNumber(seconds)} s`;
  const whole = Math.round(seconds);
  const two = (n: number) => String(n).padStart(2, '0');
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor(whole / 60) % 60;
  return hours > 0 ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}
