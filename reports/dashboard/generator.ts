import type { RunRecord } from '../../measure/run-record.ts';
import { breachSentence, ms } from '../sentences.ts';
import { el } from './dom.ts';

/** Whether what made the load and measured it kept up: a light with words. */
export function generatorLight({ verdict, metrics, load }: RunRecord): HTMLElement {
  const [breach] = verdict.breaches;
  const lag = metrics['generator.lag'];
  const known = lag && 'p99' in lag && lag.count > 0 ? (lag.p99 ?? lag.max) : undefined;
  const kept =
    known === undefined
      ? 'nothing was sent'
      : `messages were at most ${ms(known)} late at p99, allowed ${ms(load.lagLimitMs)}`;
  const state = breach ? 'red' : known === undefined ? 'grey' : 'green';
  const words = breach ? breachSentence(breach) : kept;
  const names = { green: 'Generator kept up:', red: 'Generator not to be believed:', grey: 'Generator:' };
  const light = el('p', 'generator', el('span', 'light', marks[state]), el('strong', '', names[state]), ` ${words}`);
  light.dataset.light = state;
  return light;
}

const marks = { green: '✓', red: '✗', grey: '?' } as const;
