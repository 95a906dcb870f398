import { UsageError } from '../base/errors.ts';
import { FolderStore } from '../load/folder/folder-store.ts';
import { serveReports } from '../reports/serve/reports-server.ts';
import { say } from './terminal-output.ts';

/** Shows the runs in a folder until it is interrupted. */
export async function reports(folder: string, { port, host }: { port: number; host: string }): Promise<void> {
  const server = await serveReports(FolderStore.in(folder), { host, port }).catch((error: Error) => {
    const message = `Cannot listen at ${host}, port ${port}: ${error.message}. Choose others with --host and --port.`;
    throw new UsageError('LISTEN', message, `${host}:${port}`);
  });
  say(`Showing the runs in ${folder} at`, server.url);
  const stop = () => void server.close();
  process.once('SIGINT', stop).once('SIGTERM', stop);
}
