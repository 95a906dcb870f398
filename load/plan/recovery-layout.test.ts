import { expect, test } from 'vitest';
import type { RecoveryConfig } from '../../scenarios/scenario-schema.ts';
import { layOutRecovery } from './recovery-layout.ts';

const config: RecoveryConfig = {
  ways: ['reset', 'silence', 'switch', 'sleep'],
  away: [300, 4000],
  clients: 3,
  rate: 10,
  warmup: 4,
  settle: 3,
};

test('a cell for each way and time away, in a room and on a network of its own, with somebody who talks and stays', () => {
  const { rooms, networks, probes, absences, faults, load } = layOutRecovery(config, true, 's');
  expect(rooms.slice(0, 3)).toEqual(['storm-reset-0.3s', 'storm-reset-4s', 'storm-silence-0.3s']);
  expect(networks).toEqual(['main', ...absences!.cells.map(({ fault }) => fault)]);
  expect(load).toMatchObject({ bots: 8 + 8 * 3, talkers: 8, rooms: 8 });
  for (const [cell, { bots, way, awayMs, from }] of absences!.cells.entries()) {
    const own = probes.bots.slice(bots[0], bots[0] + bots[1]);
    expect(own.map(({ room, network }) => [room, network])).toEqual(own.map(() => [cell, cell + 1]));
    const absence = { way, fromMs: from * 1000, toMs: from * 1000 + awayMs };
    expect(own.map((bot) => bot.absence)).toEqual(own.map(() => absence));
    expect(faults[cell]).toMatchObject({ onAt: from * 1000, bots: [bots[0], bots[0] + 1, bots[0] + 2] });
  }
  expect(probes.bots.slice(0, 8).every(({ absence, network }) => absence === null && network === 0)).toBe(true);
});

test('a reset is over before anybody is back; a sleeper wakes to a link that works; other silent links stay dead', () => {
  const { faults, phases } = layOutRecovery(config, true, 's');
  const lasts = Object.fromEntries(faults.map(({ name, onAt, offAt }) => [name, Math.round(offAt - onAt)]));
  expect(lasts).toMatchObject({ 'reset-0.3s': 50, 'reset-4s': 50, 'sleep-0.3s': 300, 'sleep-4s': 4000 });
  const to = (phases.warmup + phases.measure) * 1000;
  expect(faults.filter(({ name }) => /silence|switch/.test(name)).map(({ offAt }) => offAt)).toEqual([to, to, to, to]);
});

test('where the chat has no rooms, everybody is in one with a single talker', () => {
  const { rooms, roomLabels, load, probes } = layOutRecovery(config, false, 's');
  expect(rooms).toEqual(['storm']);
  expect(roomLabels).toEqual([]);
  expect(load).toMatchObject({ bots: 1 + 8 * 3, talkers: 1 });
  expect(new Set(probes.bots.map(({ room }) => room))).toEqual(new Set([0]));
});
