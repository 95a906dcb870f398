import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stringify } from 'yaml';
import { authorizationOf, type Endpoint } from '../../bots/endpoint.ts';
import type { Scenario } from '../../scenarios/scenario.ts';
import { CROWD_ORDER, CROWD_TARGET, type CrowdOrder } from '../children/messages.ts';
import { files, writeWhole } from '../folder/run-folder.ts';
import type { ChildSpec } from './child.ts';

/**
 * Writes the scenario as Artillery runs it into the run's folder, and says how to start Artillery on it. What is secret
 * about the target (user info, query, auth) goes by environment: the file holds placeholders.
 */
export function artilleryProcess(scenario: Scenario, endpoint: Endpoint, users: number, order: CrowdOrder) {
  const env: Record<string, string> = {
    [CROWD_TARGET]: endpoint.via ?? new URL(endpoint.url).origin,
    [CROWD_ORDER]: JSON.stringify(order),
    ARTILLERY_DISABLE_TELEMETRY: 'true',
  };
  const hide = (value: string) => {
    const name = `CHATSTORM_SECRET_${Object.keys(env).length}`;
    env[name] = value;
    return `{{ $env.${name} }}`;
  };
  writeWhole(order.folder, files.scenario, stringify(resolved(scenario, endpoint, users, hide)));
  const main = [artilleryBin(), 'run', '--quiet', join(order.folder, files.scenario)];
  return { role: 'crowd', main, env, folder: order.folder } as const satisfies ChildSpec;
}

function resolved(scenario: Scenario, endpoint: Endpoint, users: number, hide: (value: string) => string): unknown {
  const url = new URL(endpoint.url);
  const { config, scenarios, chatstorm } = scenario.source;
  const { auth, ...dialect } = scenario.dialect;
  const hideAll = (values: Readonly<Record<string, string>>) =>
    Object.fromEntries(Object.entries(values).map(([key, value]) => [key, hide(value)]));
  const authorization = authorizationOf(url);
  const connection = {
    path: dialect.path,
    ...(Object.keys(auth).length > 0 && { auth: hideAll(auth) }),
    ...(url.search && { query: hideAll(Object.fromEntries(url.searchParams)) }),
    extraHeaders: {
      ...(authorization && { Authorization: hide(authorization) }),
      ...(endpoint.via && { Host: url.host }),
    },
  };
  const engines = Object.entries(config.engines).map(([name, options]) => [name, { ...options, ...connection }]);
  const [first, ...later] = config.phases;
  return {
    config: {
      ...config,
      target: `{{ $env.${CROWD_TARGET} }}`,
      processor: fileURLToPath(new URL('../children/crowd.mts', import.meta.url)),
      engines: Object.fromEntries(engines),
      phases: [{ ...first, ...(first?.arrivalCount !== undefined && { arrivalCount: users }) }, ...later],
    },
    scenarios: scenarios.map((spec) => ({
      ...spec,
      flow: [{ function: 'arrive' }, ...spec.flow.map((step) => inNamespace(step, dialect.namespace))],
    })),
    chatstorm: { ...chatstorm, dialect },
  };
}

/** The engine connects to the namespace that stands beside `connect`. */
function inNamespace(step: unknown, namespace: string): unknown {
  const connects = typeof step === 'object' && step !== null && 'connect' in step;
  return connects && namespace !== '/' ? { ...step, namespace } : step;
}

function artilleryBin(): string {
  const manifest = createRequire(import.meta.url).resolve('artillery/package.json');
  return join(dirname(manifest), 'bin', 'run');
}
