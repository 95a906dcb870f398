import type { RunRecord } from '../../../../measure/run-record/run-record.ts';
import { ms } from '../../../wording/quantities.ts';
import { breachReason } from '../../../wording/verdict-wording.ts';
import { el } from '../../parts/elements.ts';
import { prose } from '../../parts/prose.ts';

/** Whether what made the load and measured it kept up: a light with words. */
export function generatorStatus({ verdict, metrics, load, target }: RunRecord): HTMLElement {
  const breach = verdict.breaches.find(({ gate }) => ofGenerator.has(gate));
  const lag = metrics['generator.lag'];
  const known = lag && 'p99' in lag && lag.count > 0 ? lag : undefined;
  const limit = `limit of p99 ${ms(load.lagLimitMs)}`;
  const kept =
    known === undefined
      ? target.mode === 'listening'
        ? 'it only listened, and was never too busy to.'
        : 'nothing was sent.'
      : known.p99 === null
        ? `all messages were sent within ${ms(known.max)} of when they were due; too few for a p99 (${limit}).`
        : `99 % of messages were sent within ${ms(known.p99)} of when they were due (${limit}).`;
  // All within the limit is more than 99 % within it; a maximum above it says nothing.
  const isOpen = known !== undefined && known.p99 === null && known.max > load.lagLimitMs;
  const isIdle = known === undefined && target.mode !== 'listening';
  const state = breach ? 'red' : isIdle || isOpen ? 'grey' : 'green';
  const words = breach ? breachReason(breach) : kept;
  const names = { green: 'Generator kept up:', red: 'Generator did not keep up:', grey: 'Generator:' };
  const light = el(
    'p',
    'generator',
    el('span', 'light', marks[state]),
    el('strong', '', names[state]),
    ' ',
    ...prose(words),
  );

  light.dataset.light = state;
  return light;
}

/** The gates that are about the generator; the others are about what it was pointed at. */
const ofGenerator: ReadonlySet<RunRecord['verdict']['breaches'][number]['gate']> = new Set([
  'death',
  'headroom',
  'stall',
  'busy',
  'lag',
  'starved',
  'rate',
  'conservation',
  'balance',
]);

const marks = { green: '✓', red: '✗', grey: '?' } as const;
