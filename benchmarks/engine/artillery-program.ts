import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stringify } from 'yaml';
import type { Program } from './candidates.ts';
import { ENGINE_ORDER, type Order } from './engine-order.ts';

/** How long no user comes after each size: memory is read meanwhile. */
const REST = '600ms';

/**
 * Artillery as it is run, with one of its engines. It does not wait to be told to grow: users come by its phases. Between
 * arrivals its timer polls the clock for all of a core, so that what an arrival costs says how often they come, no more.
 */
export function artilleryProgram(engine: string, order: Order): Program {
  const { sizes, arrivalsPerSecond } = order.load;
  const phases = sizes.flatMap((size, i) => {
    const arrivalCount = size - (sizes[i - 1] ?? 0);
    return [{ duration: `${(arrivalCount / arrivalsPerSecond) * 1000}ms`, arrivalCount }, { pause: REST }];
  });
  const processor = fileURLToPath(new URL('./engine-processor.mts', import.meta.url));
  const script = {
    config: { target: order.url, processor, engines: { [engine]: { transports: [order.transport] } }, phases },
    scenarios: [
      { engine, flow: [{ connect: {} }, { function: 'listen' }, { loop: [{ think: 1 }], whileTrue: 'stay' }] },
    ],
  };
  const file = join(order.folder, `${engine}.yml`);
  writeFileSync(file, stringify(script));
  const bin = join(dirname(createRequire(import.meta.url).resolve('artillery/package.json')), 'bin', 'run');
  return {
    command: [process.execPath, '--expose-gc', bin, 'run', '--quiet', file],
    env: { [ENGINE_ORDER]: JSON.stringify(order), ARTILLERY_DISABLE_TELEMETRY: 'true', WORKERS: '1' },
  };
}
