import { spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { cleanUp, root, shortScenario, temporaryFolder } from './support/chatstorm.ts';

afterAll(cleanUp);

/** Whether a user namespace of one's own may have file systems of its own. */
const canMount = spawnSync('unshare', ['-rm', 'true']).status === 0;

/** Runs a shell script that has a disk of a size at $DISK, and chatstorm at $CHATSTORM; what it prints, and its code. */
async function onDisk(size: string, script: string): Promise<{ code: number; output: string }> {
  const disk = temporaryFolder();
  const mounted = `mount -t tmpfs -o size=${size} none "$DISK" && ${script}`;
  const shell = spawn('unshare', ['-rm', 'sh', '-c', mounted], {
    cwd: root,
    env: {
      ...process.env,
      NO_COLOR: '1',
      DISK: disk,
      CHATSTORM: `${process.execPath} ${join(root, 'chatstorm.ts')}`,
      SCENARIO: shortScenario,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [shell.stdout, shell.stderr]) stream.on('data', (chunk) => (output += chunk));
  const code = await new Promise<number>((resolve) => shell.once('close', (code) => resolve(code ?? -1)));
  return { code, output };
}

describe.skipIf(!canMount).concurrent('a disk', () => {
  test('that the report does not fit on: the verdict comes first, then what could not be written', async () => {
    const { code, output } = await onDisk(
      '300k',
      '$CHATSTORM load "$SCENARIO" --no-crowd --no-live --out "$DISK/run"; code=$?; ls -A "$DISK/run"; exit $code',
    );
    expect(code, output).toBe(2);
    const sentence = /Cannot write \S+\/report\.html: no space is left on the disk\. Free some space.*chatstorm report/;
    expect(output).toMatch(sentence);
    expect(output, output).toMatch(/(passed|invalid) short/);
    expect(output.search(/(passed|invalid) short/)).toBeLessThan(output.search(sentence));
    expect(output).toContain('run.json');
    expect(output).not.toMatch(/^\.(run|report|plan)/m);
  });

  test('that fills up during a run: the run is invalid, ends early and says so', async () => {
    const { code, output } = await onDisk(
      '2m',
      `(while [ ! -s "$DISK/run/probes-0-0.ndjson" ]; do sleep 0.1; done; cat /dev/zero > "$DISK/fill") 2>/dev/null &
       $CHATSTORM load "$SCENARIO" --no-crowd --no-live --out "$DISK/run"`,
    );
    expect(code, output).toBe(2);
    expect(output).toContain('! invalid short (partial)');
    expect(output).toMatch(/Cannot write \S+\.ndjson: no space is left on the disk\./);
  });

  test('that is read-only is told before anything is started', async () => {
    const { code, output } = await onDisk(
      '1m',
      'mount -o remount,ro "$DISK" && $CHATSTORM load "$SCENARIO" --out "$DISK/run"',
    );
    expect(code).toBe(2);
    expect(output).toMatch(/^Cannot make the folder \S+\/run: the file system is read-only\. Choose another place\.$/m);
  });
});

test.each([
  ['/proc/chatstorm/run', /Cannot make the folder \/proc\/chatstorm\/run: it does not exist\./],
  ['/dev/null/run', /Cannot make the folder \/dev\/null\/run: a file of that name is in the way\./],
  [root, /The folder \S+ is not empty\. Choose another with --out\./],
])('a run into %s is refused at once', (out, sentence) => {
  const { status, stderr } = spawnSync(
    process.execPath,
    [join(root, 'chatstorm.ts'), 'load', shortScenario, '--no-live', '--out', out],
    { encoding: 'utf8', timeout: 20_000 },
  );
  expect([status, stderr]).toEqual([2, expect.stringMatching(sentence)]);
});
