import { createRequire } from 'node:module';
import { cpus } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stringify } from 'yaml';
import { isSource, modulePath } from '../../base/installation.ts';
import { type Scenario, secondsOf } from '../../scenarios/scenario.ts';
import { CROWD_ORDER, CROWD_TARGET, type CrowdOrder, userVariables, variableOf } from '../children/messages.ts';
import { files, writeWhole } from '../folder/run-folder.ts';
import type { ChildSpec } from './child.ts';

/**
 * Writes the scenario as Artillery runs it into the run's folder, and says how to start Artillery on it. Nothing of the
 * target but placeholders is in the file: its address goes by environment, and what a user connects with is filled in by the
 * function step `arrive`.
 */
export function artilleryProcess(
  scenario: Scenario,
  users: number,
  engine: string,
  given: Omit<CrowdOrder, 'engineFile'>,
) {
  const order: CrowdOrder = { ...given, engineFile: engineFile(engine) };
  const { url, via } = order.endpoint;
  const env: Record<string, string> = {
    [CROWD_TARGET]: via ?? new URL(url).origin,
    [CROWD_ORDER]: JSON.stringify(order),
    ARTILLERY_DISABLE_TELEMETRY: 'true',
  };
  writeWhole(order.folder, files.scenario, stringify(resolved(scenario, users, engine)));
  const relay = ['--import', modulePath('../children/crowd-relay.ts', import.meta.url)];
  const main = [...relay, artilleryBin(), 'run', '--quiet', join(order.folder, files.scenario)];
  return { role: 'crowd', main, env, folder: order.folder } as const satisfies ChildSpec;
}

/** Arrivals a second of each thread, in a phase in which there is time for one: the first one comes after its interval. */
const ONE_ARRIVAL = 20;

/** Artillery's worker threads: it takes that many. */
function crowdWorkers(): number {
  return Math.max(1, cpus().length - 1);
}

function resolved(scenario: Scenario, users: number, engine: string): unknown {
  const { config, scenarios, chatstorm } = withEngine(scenario.source, engine, users);
  const { path, transports, namespace } = scenario.dialect;
  const connection = { path, ...(transports && { transports: [...transports] }) };
  const engines = Object.entries(config.engines).map(([name, options]) => [name, { ...options, ...connection }]);
  const [first, ...later] = config.phases;
  return {
    config: {
      ...config,
      target: `{{ $env.${CROWD_TARGET} }}`,
      processor: modulePath('../children/crowd.mts', import.meta.url),
      engines: Object.fromEntries(engines),
      phases: [{ ...first, ...(first?.arrivalCount !== undefined && { arrivalCount: users }) }, ...later],
    },
    scenarios: scenarios.map((spec) => ({
      ...spec,
      flow: [{ function: 'arrive' }, ...spec.flow.map((step) => connectingAs(step, namespace, engine))],
    })),
    chatstorm: { ...chatstorm, dialect: scenario.dialectSource.written },
  };
}

/**
 * The scenario with another engine than it names. Where it is one scenario whose users arrive in one phase, a single virtual user
 * of Artillery for each worker thread stands for them with the engine of our own: Artillery would have the first thread make
 * them all.
 */
function withEngine(source: Scenario['source'], engine: string, users: number): Scenario['source'] {
  const options = Object.assign({}, ...Object.values(source.config.engines));
  const scenarios = source.scenarios.map((spec) => ({ ...spec, engine }));
  const config = { ...source.config, engines: { [engine]: options } };
  const [[only, ...others], [phase, ...later]] = [scenarios, config.phases];
  const isOne = only && others.length === 0 && phase?.arrivalCount !== undefined && later.length === 0;
  if (engine !== 'chatstorm' || !isOne) return { ...source, config, scenarios };
  const squad = { ...only, users, over: secondsOf(phase.duration ?? 0), beforeScenario: 'ready' };
  const { arrivalCount: _, ...named } = phase;
  const phases = [{ ...named, duration: `${1000 / ONE_ARRIVAL}ms`, arrivalRate: ONE_ARRIVAL * crowdWorkers() }];
  return { ...source, config: { ...config, phases }, scenarios: [squad] };
}

/** Has a step that connects do so as its user, and to the namespace, which stands beside `connect`. */
function connectingAs(step: unknown, namespace: string, engine: string): unknown {
  if (typeof step !== 'object' || step === null || !('connect' in step)) return step;
  // The engine of our own is told by `context.client`.
  const variables = engine === 'chatstorm' ? [] : userVariables;
  const values = Object.fromEntries(variables.map((name) => [name, `{{ ${variableOf(name)} }}`]));
  const connect = { ...(step.connect as object), ...values };
  return { ...step, connect, ...(namespace !== '/' && { namespace }) };
}

/** The file that Artillery will load the engine from; null where it finds none of that name. */
function engineFile(engine: string): string | null {
  const builtIn = fileURLToPath(new URL('../../artillery/builtin-packages/', import.meta.url));
  const [from, name] = isSource ? [import.meta.url, ''] : [join(builtIn, 'any.js'), './'];
  try {
    return createRequire(from).resolve(`${name}artillery-engine-${engine}`);
  } catch {
    return null;
  }
}

/** Artillery's command: the one that a clone has installed, or the one that the package has bundled. */
function artilleryBin(): string {
  if (!isSource) return fileURLToPath(new URL('../../artillery/bin/run.js', import.meta.url));
  const manifest = createRequire(import.meta.url).resolve('artillery/package.json');
  return join(dirname(manifest), 'bin', 'run');
}
