import { spawn } from 'node:child_process';

/** Opens an address as the system would; rejects with an Error that says why it could not. */
export async function openAddress(url: string): Promise<void> {
  const [command, ...args] = openerOf(process.platform);
  const child = spawn(command, [...args, url], { stdio: 'ignore', detached: true });
  await new Promise<void>((resolve, reject) => {
    child.once('error', reject);
    child.once('spawn', resolve);
  });
  child.unref();
}

function openerOf(platform: NodeJS.Platform): [string, ...string[]] {
  if (platform === 'darwin') return ['open'];
  // `start` is of the shell; its first argument in quotes would be a title.
  return platform === 'win32' ? ['cmd', '/c', 'start', ''] : ['xdg-open'];
}
