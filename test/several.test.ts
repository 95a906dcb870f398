import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, expect, test } from 'vitest';
import { FolderStore } from '../load/folder/folder-store.ts';
import { exitCode, worstExitCode } from '../measure/judge/exit-codes.ts';
import type { RunRecord } from '../measure/run-record/run-record.ts';
import { cleanUp, Running, shortScenario, temporaryFolder } from './support/chatstorm.ts';

afterAll(cleanUp);

test.skipIf(process.platform !== 'linux')(
  'several runs have a table of their verdicts and a page with all of them; the page of the first is opened while it runs',
  async () => {
    const folder = temporaryFolder();
    const opened = join(folder, 'opened');
    const path = withOpener(folder, opened);
    const out = join(folder, 'out');
    const args = ['load', shortScenario, '--repeat', '2', '--no-crowd', '--open', '--out', out];
    const run = new Running(args, out, { PATH: path });
    const code = await run.ended;
    const [first] = /^ {2}live {6}(\S+)$/m.exec(run.output)!.slice(1);
    expect(readFileSync(opened, 'utf8')).toBe(`${first}\n`);
    const table = run.output.slice(run.output.lastIndexOf('Report: '));
    const records = recordsIn(join(out, 'report.html'));
    for (const { verdict } of records) expect(verdict.thresholds).toMatchObject([{ outcome: 'pass' }]);
    // A busy machine is told from a bad server, in every verdict and by the exit code.
    expect(table.match(/^ {2}(✓ passed|! invalid) +short /gm)).toHaveLength(2);
    expect(code, run.output).toBe(worstExitCode(records.map(({ verdict }) => exitCode(verdict, null))));
    expect(run.output).toContain(`All runs: ${join(out, 'report.html')}`);
    expect(records.map(({ id }) => id)).toEqual(
      ['1', '2'].map((nth) => JSON.parse(readFileSync(join(out, nth, 'run.json'), 'utf8')).id),
    );
    expect(existsSync(join(out, '1', 'report.html'))).toBe(true);
    expect(FolderStore.in(out).sessions()).toEqual([{ name: 'out', runs: records.map(({ id }) => id) }]);
  },
  60_000,
);

/** A search path whose first folder has an opener that notes what it is to open, instead of opening it. */
function withOpener(folder: string, opened: string): string {
  const bin = join(folder, 'bin');
  mkdirSync(bin);
  writeFileSync(join(bin, 'xdg-open'), `#!/bin/sh\nprintf '%s\\n' "$1" >> '${opened}'\n`);
  chmodSync(join(bin, 'xdg-open'), 0o755);
  return `${bin}${delimiter}${process.env.PATH}`;
}

function recordsIn(report: string): RunRecord[] {
  const packed = /id="records">([^<]+)</.exec(readFileSync(report, 'utf8'))![1]!;
  return JSON.parse(gunzipSync(Buffer.from(packed, 'base64')).toString());
}
