import { fileURLToPath } from 'node:url';
import type { Scenario } from '../../scenarios/scenario.ts';
import type { ChildSpec } from './child.ts';

/** How to start the embedded target: the reference chat, on any free port for 0, with its limits lifted for load. */
export function serverProcess(options: Scenario['server'], port: number, folder: string): ChildSpec {
  const given = { port, messagesPerSecond: 0, ...options };
  const main = [fileURLToPath(new URL('../../server/main.ts', import.meta.url))];
  return { role: 'server', main, env: { CHATSTORM_SERVER: JSON.stringify(given) }, folder };
}
