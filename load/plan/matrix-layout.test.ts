import { describe, expect, test } from 'vitest';
import { slotsOf } from '../../bots/schedule.ts';
import { parseScenario } from '../../scenarios/scenario.ts';
import { readScenario } from '../../scenarios/scenario-files.ts';
import { layOutScenario } from './layout-scenario.ts';

const { text, file } = readScenario('fallback');

function layoutOf(dialect = 'rooms') {
  return layOutScenario(parseScenario(text, file, { dialect }), 'seed', { server: true, redis: true });
}

describe('the shipped fallback scenario', () => {
  const layout = layoutOf();
  const { probes, matrix, phases, rooms } = layout;

  test('takes at most 70 s, with at least 20 clients in each of 30 cells', () => {
    expect(phases.warmup + phases.measure + phases.drain).toBeLessThanOrEqual(70);
    expect(matrix?.cells).toHaveLength(30);
    for (const { bots } of matrix?.cells ?? []) expect(bots[1]).toBeGreaterThanOrEqual(20);
  });

  test('gives each cell a room, a network and its time, and no client to two of them', () => {
    const seen = new Set<number>();
    matrix?.cells.forEach(({ bots: [first, count], network, from, to }, i) => {
      for (let bot = first; bot < first + count; bot++) {
        const { room, network: own, connectsAt } = probes.bots[bot]!;
        expect([room, layout.networks[own]]).toEqual([i, network]);
        expect(connectsAt).toBeGreaterThanOrEqual(from * 1000);
        expect(probes.endsAt[room]).toBeLessThan(to * 1000);
        seen.add(bot);
      }
    });
    expect(seen.size).toBe(600);
    expect(new Set(rooms).size).toBe(rooms.length);
  });

  test('has a network as it is from before its first client comes until its last one has gone, one after the other', () => {
    let before = 0;
    for (const { name, onAt, offAt } of layout.faults) {
      const rooms = new Set<number>();
      probes.bots.forEach(({ room, network, connectsAt }) => {
        if (layout.networks[network] !== name) return;
        expect(connectsAt - onAt).toBeGreaterThanOrEqual(500);
        rooms.add(room);
      });
      for (const room of rooms) expect(offAt - probes.endsAt[room]!).toBeGreaterThanOrEqual(probes.drainMs);
      expect(onAt).toBeGreaterThan(before);
      before = offAt;
    }
    expect(layout.faults).toHaveLength(5);
  });

  test('speaks 20 times a second in a cell of the open network while clients upgrade, 2 times otherwise', () => {
    const slotsIn = (cell: number, fromMs: number, toMs: number) => {
      const { from } = matrix!.cells[cell]!;
      return [...slotsOf(...probes.schedules)].filter(
        ({ bot, dueAt }) =>
          probes.bots[bot]!.room === cell && dueAt >= from * 1000 + fromMs && dueAt < from * 1000 + toMs,
      ).length;
    };
    expect(slotsIn(0, 1000, 3000)).toBe(40);
    expect(slotsIn(0, 4000, 6000)).toBe(4);
    expect(slotsIn(7, 1000, 3000)).toBe(4);
  });

  test('has each transport alone for five seconds, when everyone else has gone', () => {
    const lastCell = Math.max(...matrix!.cells.map(({ to }) => to));
    expect(matrix?.costs.map(({ from, to }) => to - from)).toEqual([5, 5]);
    for (const { from } of matrix!.costs) expect(from).toBeGreaterThan(lastCell);
    expect(layout.crowd.untilMs + 2000).toBeLessThan(lastCell * 1000);
    expect(matrix!.costs[1]!.from - matrix!.costs[0]!.to).toBeGreaterThan(1);
  });
});

test('without rooms, the cells of a wave hear each other, and share one rate', () => {
  const { rooms, roomLabels, probes, matrix } = layoutOf('plain');
  expect(rooms).toHaveLength(8);
  expect(roomLabels[1]).toEqual({ network: 'upgrade-refused' });
  const first = matrix!.cells[0]!;
  const early = [...slotsOf(...probes.schedules)].filter(
    ({ dueAt }) => dueAt >= first.from * 1000 + 1000 && dueAt < first.from * 1000 + 3000,
  );
  expect(early).toHaveLength(40);
  expect(new Set(early.map(({ bot }) => Math.floor(bot / 20))).size).toBeGreaterThan(2);
});
