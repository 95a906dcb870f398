/** What is given for machines of others: manifests for Kubernetes, and the image. */

import { spawnSync } from 'node:child_process';
import { copyFileSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { cleanUp, root, temporaryFolder } from './support/chatstorm.ts';

afterAll(cleanUp);

const folder = join(root, 'deploy', 'kubernetes');

interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec: { readonly template?: { readonly spec: PodSpec } };
}

interface PodSpec {
  readonly containers: readonly {
    readonly image: string;
    readonly command?: readonly string[];
    readonly env?: readonly {
      readonly name: string;
      readonly valueFrom?: { readonly secretKeyRef?: { readonly key: string } };
    }[];
  }[];
}

const files = readdirSync(folder).filter((file) => file !== 'kustomization.yaml');
const manifests = files.flatMap((file) =>
  parseAllDocuments(readFileSync(join(folder, file), 'utf8')).map((document) => document.toJS() as Manifest),
);

/** The type of the Kubernetes API that a manifest is to be of. */
async function modelOf({ apiVersion, kind }: Manifest): Promise<new (data: object) => { validate(): void }> {
  const path = `kubernetes-models/${apiVersion}/${kind}`;
  const module = await import(/* @vite-ignore */ path);
  return module[kind];
}

describe('the manifests', () => {
  test.each(manifests.map((manifest) => [`${manifest.kind} ${manifest.metadata.name}`, manifest] as const))(
    '%s is one of the Kubernetes API',
    async (_what, manifest) => {
      const Model = await modelOf(manifest);
      expect(() => new Model(manifest).validate()).not.toThrow();
      // A check that cannot fail is none.
      const wrong = {
        ...manifest,
        spec: { ...manifest.spec, replicas: 'many', template: 1, ports: 'all', accessModes: 1 },
      };
      if (manifest.kind !== 'Namespace') expect(() => new Model(wrong).validate()).toThrow();
    },
  );

  test('belong together: the kustomization has all of them, and makes the secrets that they ask for', () => {
    const { resources, secretGenerator, images } = parse(readFileSync(join(folder, 'kustomization.yaml'), 'utf8'));
    expect(resources.toSorted()).toEqual(files.toSorted());
    const keys = secretGenerator[0].literals.map((literal: string) => literal.split('=')[0]);
    const containers = manifests.flatMap(({ spec }) => spec?.template?.spec.containers ?? []);
    const wanted = containers.flatMap(({ env = [] }) =>
      env.flatMap(({ valueFrom }) => valueFrom?.secretKeyRef?.key ?? []),
    );
    expect(new Set(wanted)).toEqual(new Set(keys));
    const own = containers.filter(({ image }) => image === images[0].name);
    expect(own).toHaveLength(2);
    for (const { env = [] } of own) expect(env.map(({ name }) => name)).toContain('CHATSTORM_SECRET');
  });

  test.each(
    manifests
      .flatMap(({ spec }) => spec?.template?.spec.containers ?? [])
      .flatMap(({ command }) => command?.at(-1) ?? []),
  )('the command is one of chatstorm, with options that it has: %s', (line) => {
    const words = [...line.matchAll(/--[a-z-]+/g)].map(([word]) => word);
    const command = /chatstorm (\w+)/.exec(line)?.[1];
    const { stdout } = spawnSync(process.execPath, [join(root, 'chatstorm.ts'), command!, '--help'], {
      encoding: 'utf8',
    });
    for (const word of words) expect(stdout).toContain(word);
  });
});

const docker = ['podman', 'docker'].find(
  (name) => spawnSync(name, ['info'], { stdio: 'ignore', timeout: 20_000 }).status === 0,
);
const where = docker ? '' : ' (skipped: neither podman nor docker runs here)';

test.skipIf(!docker)(`the image builds, and runs a command${where}`, { timeout: 600_000 }, () => {
  const context = temporaryFolder();
  spawnSync('npm', ['pack', '--pack-destination', context], { cwd: root, timeout: 120_000 });
  copyFileSync(join(root, 'deploy', 'Dockerfile'), join(context, 'Dockerfile'));
  const built = spawnSync(docker!, ['build', '-t', 'chatstorm-test', context], { encoding: 'utf8', timeout: 400_000 });
  expect(built.status, built.stderr).toBe(0);
  const run = spawnSync(docker!, ['run', '--rm', 'chatstorm-test', 'worker', '--help'], {
    encoding: 'utf8',
    timeout: 60_000,
  });
  expect(run.stdout).toContain('wait for parts of loads');
});
