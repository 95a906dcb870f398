import { fileURLToPath } from 'node:url';
import { artilleryProgram } from './artillery-program.ts';
import { clients } from './clients.ts';
import { ENGINE_ORDER, type Order } from './engine-order.ts';
import { compileFloor, floorProgram } from './floor-program.ts';
import type { Program } from './program.ts';

/** One of the load generators that are compared. */
export interface Candidate {
  readonly name: string;
  readonly transport: Order['transport'];
  readonly programOf: (order: Order) => Program;
}

/** The engines of Artillery that are compared. */
const artilleryEngines = ['socketio-v3', 'chatstorm'];

/** All that can be run here; `told` hears what cannot, and why. */
export function candidatesIn(folder: string, told: (line: string) => void): readonly Candidate[] {
  const floor = compileFloor(folder);
  if (!floor) told('There is no C compiler: the floor is left out.');
  return [
    ...(floor ? [websocket('floor', (order) => floorProgram(floor, order))] : []),
    ...Object.keys(clients).flatMap((name) => {
      const programOf = (order: Order) => clientProgram(name, order);
      return [websocket(name, programOf), { name: `${name}-polling`, transport: 'polling', programOf } as const];
    }),
    ...artilleryEngines.map((engine) =>
      websocket(`artillery-engine-${engine}`, (order) => artilleryProgram(engine, order)),
    ),
  ];
}

function websocket(name: string, programOf: Candidate['programOf']): Candidate {
  return { name, transport: 'websocket', programOf };
}

function clientProgram(name: string, order: Order): Program {
  const main = fileURLToPath(new URL('./client-main.ts', import.meta.url));
  return {
    command: [process.execPath, '--expose-gc', main, name],
    env: { [ENGINE_ORDER]: JSON.stringify(order) },
  };
}
