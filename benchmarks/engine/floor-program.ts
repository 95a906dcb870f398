import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Order } from './engine-order.ts';
import type { Program } from './program.ts';

const compilers = ['cc', 'gcc', 'clang'];

/** Compiles the floor into the folder; its path, or undefined where there is no compiler. Throws where it does not compile. */
export function compileFloor(folder: string): string | undefined {
  const source = fileURLToPath(new URL('./floor.c', import.meta.url));
  const program = join(folder, 'floor');
  for (const compiler of compilers) {
    const { error, status, stderr } = spawnSync(compiler, ['-O2', '-o', program, source], { encoding: 'utf8' });
    if (error) continue;
    if (status !== 0) throw new Error(`${compiler} cannot compile ${source}: ${stderr.trim()}`);
    return program;
  }
  return undefined;
}

/** The floor as it is run. */
export function floorProgram(program: string, { url, load, localAddresses }: Order): Program {
  const { port, search } = new URL(url);
  return {
    command: [program, port, search.slice(1), String(load.arrivalsPerSecond), localAddresses.join(',')],
    env: {},
  };
}
