import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';

/** An opener that still runs after this has found a browser, or is one. */
const PATIENCE_MS = 1000;

/** Opens an address as the system would; rejects with an Error that says why it could not. */
export async function openAddress(url: string): Promise<void> {
  const [command, ...args] = openerOf(process.platform);
  const child = spawn(command, [...args, url], { stdio: 'ignore', detached: true });
  const ended = once(child, 'exit').then(([code, signal]) => {
    if (code !== 0) throw new Error(`${command} ended with ${code ?? signal}`);
  });
  await Promise.race([ended, pause(PATIENCE_MS, undefined, { ref: false })]);
  ended.catch(() => {});
  child.unref();
}

function openerOf(platform: NodeJS.Platform): [string, ...string[]] {
  if (platform === 'darwin') return ['open'];
  // `start` is of the shell; its first argument in quotes would be a title.
  return platform === 'win32' ? ['cmd', '/c', 'start', ''] : ['xdg-open'];
}
