import { existsSync, readdirSync } from 'node:fs';
import { afterAll, expect, test, vi } from 'vitest';
import { type EngineResult, measureEngine } from '../benchmarks/engine/engine-bench.ts';
import { shortForm } from '../benchmarks/engine/engine-forms.ts';
import { cleanUp, temporaryFolder } from './support/chatstorm.ts';

afterAll(() => {
  vi.unstubAllEnvs();
  cleanUp();
});

test.runIf(existsSync('/proc/self/schedstat'))(
  'the engine benchmark runs and fills every field',
  { timeout: 90_000 },
  async () => {
    const folder = temporaryFolder();
    vi.stubEnv('TMPDIR', folder);
    const result = await measureEngine(shortForm, () => {});
    expect(readdirSync(folder)).toEqual([]);
    expect(Object.keys(result.candidates)).toEqual(
      expect.arrayContaining(['socket.io-client', 'socket.io-client-polling', 'artillery-engine-socketio-v3']),
    );
    for (const { rounds } of Object.values(result.candidates)) expect(rounds).toHaveLength(shortForm.rounds);
    for (const round of roundsOf(result)) {
      const { problem, generator, server, ...figures } = round;
      expect(problem === null || problem.endsWith('.')).toBe(true);
      expect(Object.values({ ...figures, ...generator, ...server }).every(Number.isFinite)).toBe(true);
      expect(round.deliveries).toBeGreaterThan(0);
      expect(round.received).toBe(round.deliveries);
    }
    expect(Object.keys(result.ratios).toSorted()).toEqual([
      'cpuPerConnectVsSocketioClient',
      'cpuPerDeliveryAt15000VsAt1000',
      'cpuPerDeliveryVsFloor',
      'cpuPerDeliveryVsSocketioV3',
      'memoryPerConnectionVsSocketioV3',
      'overheadSeconds',
      'pollingCpuPerDeliveryVsSocketioClient',
    ]);
    for (const costs of Object.values(result.scaling)) expect(Object.keys(costs)).toEqual(['10', '20']);
  },
);

function roundsOf({ candidates }: EngineResult) {
  return Object.values(candidates).flatMap(({ rounds }) => rounds);
}
