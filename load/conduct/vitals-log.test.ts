import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { afterAll, expect, onTestFinished, test } from 'vitest';
import { cleanUp, temporaryFolder } from '../../test/support/chatstorm.ts';
import { listening } from '../../test/support/contract/servers.ts';
import { Processes } from './processes.ts';
import { VitalsLog } from './vitals-log.ts';

afterAll(cleanUp);

/** A server that has refused so many by now. */
async function refusing(counts: readonly number[]): Promise<URL> {
  const left = [...counts];
  const server = createServer((_, response) => {
    const count = left.shift();
    response.statusCode = count === undefined ? 503 : 200;
    response.end(JSON.stringify({ connectionErrors: { UNKNOWN_SID: count } }));
  });
  const { url } = await listening(server, onTestFinished);
  return new URL('/vitals', url);
}

test.each<[string, readonly number[], number]>([
  ['every second, and once more at the end', [3, 5], 5],
  ['since its start, where it was started again meanwhile', [3, 1], 4],
  ['as far as it answered', [3], 3],
])('what a server refused is counted %s', async (_, counts, refused) => {
  const folder = temporaryFolder();
  const log = new VitalsLog(folder, () => 2500, new Processes(() => {}), { vitals: [{ url: await refusing(counts) }] });
  log.sample(999);
  await log.askLast();
  log.close();
  const lines = readFileSync(join(folder, 'server-0-0.ndjson'), 'utf8').trim().split('\n');
  const seen = lines.map((line) => JSON.parse(line).counters['server.refused{reason=UNKNOWN_SID}'] ?? 0);
  expect(seen.reduce((sum, count) => sum + count, 0)).toBe(refused);
});
