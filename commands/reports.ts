import { RunShelf } from '../load/run-shelf.ts';
import { serveReports } from '../reports/serve/server.ts';
import { ScenarioError } from '../scenarios/scenario-error.ts';

/** Shows the runs in a folder until it is interrupted. */
export async function reports(folder: string, { port, host }: { port: number; host: string }): Promise<void> {
  const server = await serveReports(RunShelf.in(folder), { host, port }).catch((error: Error) => {
    throw new ScenarioError(`Expected to be able to listen at ${host}, port ${port}: ${error.message}`);
  });
  console.log(`The runs in ${folder} are shown at ${server.url}`);
  const stop = () => void server.close();
  process.once('SIGINT', stop).once('SIGTERM', stop);
}
