import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stringify } from 'yaml';
import { ENGINE_ORDER, type Order } from './engine-order.ts';
import type { Program } from './program.ts';

/** How long no user comes after each size: memory is read meanwhile. */
const REST = '600ms';

/** Artillery as it is run, with one of its engines. */
export function artilleryProgram(engine: string, order: Order): Program {
  const processor = fileURLToPath(new URL('./engine-processor.mts', import.meta.url));
  const script = {
    config: { target: order.url, processor, engines: { [engine]: { transports: [order.transport] } } },
    scenarios: [
      { engine, flow: [{ connect: {} }, { function: 'listen' }, { loop: [{ think: 1 }], whileTrue: 'stay' }] },
    ],
  };
  Object.assign(script.config, {
    phases: engine === 'chatstorm' ? [{ duration: 1, arrivalRate: 1 }] : phasesOf(order),
  });
  // The engine of our own has one virtual user stand for all, who come when they are told to.
  if (engine === 'chatstorm') Object.assign(script.scenarios[0]!, { users: 1, beforeScenario: 'ready' });
  const file = join(order.folder, `${engine}.yml`);
  writeFileSync(file, stringify(script));
  const bin = join(dirname(createRequire(import.meta.url).resolve('artillery/package.json')), 'bin', 'run');
  return {
    command: [process.execPath, '--expose-gc', bin, 'run', '--quiet', file],
    env: { [ENGINE_ORDER]: JSON.stringify(order), ARTILLERY_DISABLE_TELEMETRY: 'true', WORKERS: '1' },
  };
}

/**
 * Users come by Artillery's phases, which do not wait to be told. Between arrivals its timer polls the clock for all of a core:
 * what an arrival costs then says how often they come, no more.
 */
function phasesOf({ load: { sizes, arrivalsPerSecond } }: Order): object[] {
  return sizes.flatMap((size, i) => {
    const arrivalCount = size - (sizes[i - 1] ?? 0);
    return [{ duration: `${(arrivalCount / arrivalsPerSecond) * 1000}ms`, arrivalCount }, { pause: REST }];
  });
}
