import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { UsageError } from '../base/errors.ts';
import { RUNS_FOLDER } from '../base/installation.ts';
import { checkTarget } from '../load/plan/target.ts';
import { exitCodes } from '../measure/judge/exit-codes.ts';
import { doctor } from './doctor.ts';
import { PROJECT_FILE } from './project-file.ts';
import { print, say } from './terminal-output.ts';

const WORKFLOW = '.github/workflows/chatstorm.yml';
const DIALECT = 'chat-dialect.yml';
const SCHEMA = './node_modules/chatstorm/dist/commands/chatstorm.schema.json';

/**
 * Sets chatstorm up in the working folder. With the address of a server it asks doctor how to speak to it, and ends with
 * doctor's exit code.
 */
export async function init(address: string | undefined, { iOwn }: { iOwn?: string }): Promise<void> {
  if (existsSync(PROJECT_FILE))
    throw new UsageError(
      'COMMAND_LINE',
      `There is a file ${PROJECT_FILE} already. Change it, or remove it first.`,
      PROJECT_FILE,
    );
  const target = address === undefined ? undefined : checkTarget(address, iOwn).origin;
  if (address !== undefined && !existsSync(DIALECT)) {
    await doctor(address, { write: DIALECT, ...(iOwn !== undefined && { iOwn }) });
    if (process.exitCode === exitCodes.unreachable) {
      say('\nNothing was written. Start the server, or mend what stops clients, and run init again.');
      return;
    }
    print('');
  }
  const dialect = existsSync(DIALECT) ? DIALECT : undefined;
  write(PROJECT_FILE, projectFile(target, dialect, iOwn));
  if (existsSync(WORKFLOW)) print(`Left ${WORKFLOW} as it is.`);
  else write(WORKFLOW, workflow(target));
  ignore(`${RUNS_FOLDER}/`);
  if (target && !dialect)
    return say(
      `\nNext: write ${DIALECT} (see dialects.md), name it in ${PROJECT_FILE}, and run`,
      'npx chatstorm load --quick',
    );
  say(`\nNext:${target ? '' : ` set \`target\` in ${PROJECT_FILE}, and run`}`, 'npx chatstorm load --quick');
}

function write(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  print(`Wrote ${file}`);
}

function ignore(line: string): void {
  const before = existsSync('.gitignore') ? readFileSync('.gitignore', 'utf8') : '';
  if (before.split('\n').includes(line)) return;
  appendFileSync('.gitignore', `${before === '' || before.endsWith('\n') ? '' : '\n'}${line}\n`);
  print(`Added ${line} to .gitignore`);
}

function projectFile(target: string | undefined, dialect: string | undefined, iOwn: string | undefined): string {
  return `# yaml-language-server: $schema=${SCHEMA}
#
# Defaults for chatstorm's commands. The environment (CHATSTORM_USERS=100) and flags (--users 100) override them.

# The server to load. Without one, chatstorm starts its own reference chat.
${target ? `target: ${target}` : '# target: http://127.0.0.1:3000'}
${iOwn ? `iOwn: ${iOwn}` : '# iOwn: chat.example.com        # confirms that a target on another machine is yours'}

# How to speak to it: plain (the event "chat message" with a text), rooms, or a file.
# Have one written: npx chatstorm doctor URL --write ${DIALECT}
${dialect ? `dialect: ${dialect}` : '# dialect: plain'}

# What is run: broadcast (latency and delivery), fallback (networks that block WebSocket), reconnect (faults, restarts).
scenarios: [broadcast]
users: 50 # the crowd that makes the load, besides the probes that measure
# rate: 10/s                     # messages of each talker
# duration: 30s                  # how long to measure

# What must hold besides what the scenario asks for; npx chatstorm metrics lists all metrics.
thresholds:
  broadcast:
    - broadcast.latency.p99 < 250ms
    - delivery.lost == 0

# What runs are compared with: npx chatstorm baseline save main RUNS
# baseline: main
# failOn: worse
`;
}

/** Whether `npm start` does anything here. */
function hasStart(): boolean {
  try {
    return typeof JSON.parse(readFileSync('package.json', 'utf8')).scripts?.start === 'string';
  } catch {
    return false;
  }
}

function workflow(target: string | undefined): string {
  const url = target ?? 'http://127.0.0.1:3000';
  return `name: chatstorm
on: pull_request
permissions: { contents: read }
jobs:
  load:
    runs-on: ubuntu-latest
    timeout-minutes: 15
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-node@v4
        with: { node-version: 24, cache: npm }
      - run: npm ci
      # Change this to how your server is started${hasStart() ? '' : ': package.json has no script "start"'}.
      - name: Start the chat
        run: |
          npm start &
          timeout 60 sh -c 'until curl -sfo /dev/null "${url}/socket.io/?EIO=4&transport=polling"; do sleep 0.5; done'
      # The job's summary has the results, and failed thresholds are annotated; chatstorm.yml says what is run.
      - name: Measure it
        run: npx chatstorm load --quick${target ? '' : ` --target ${url}`} --runs chatstorm-runs --junit chatstorm-runs/results.xml
      - uses: actions/upload-artifact@v4
        if: always()
        with: { name: chatstorm-runs, path: chatstorm-runs }
`;
}
