import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RunRecord } from '../measure/run-record/run-record.ts';
import { type ChatServer, createChatServer } from '../server/chat-server.ts';
import { describeInBrowser } from './support/in-browser.ts';
import { open, runOf } from './support/report-in-browser.ts';
import { violationsOf } from './support/violations.ts';

/** A run with a cell of every outcome and a fault of every kind of ending. */
function eventful(): RunRecord {
  const run = runOf(20);
  const medianMs = { connect: 12, upgrade: 8, fallback: null };
  const cell = { network: 'open', clients: 4, flapping: 0, disconnects: 0, medianMs, troubles: [] };
  const both = (polling: number, websocket: number) => ({ transports: { polling, websocket } });
  const cells = [
    { ...cell, order: 'polling-first', through: 4, ...both(0, 4) },
    { ...cell, order: 'polling-only', through: 4, ...both(4, 0) },
    { ...cell, order: 'websocket-first', through: 2, ...both(0, 2) },
    { ...cell, order: 'websocket-only', through: 0, ...both(0, 0) },
    { ...cell, order: 'websocket-first-try-all', through: 0, flapping: 4, disconnects: 20, ...both(0, 0) },
  ];
  const orders = cells.map(({ order }) => order);
  const path = {
    ...{ expected: 10, delivered: 8, recovered: 1, missed: 1, lost: 0, unknown: 0, reordered: 0 },
    slowestMs: 1200,
  };
  const outage = {
    what: 'links: reset',
    onAt: 5,
    offAt: 7,
    to: 12,
    clients: 4,
    disconnected: 4,
    back: 4,
    backAfter: { half: 1, most: 1.5, all: 2 },
    never: [],
    failed: [],
    deaf: 0,
    reconnects: 4,
    recovered: 0,
    attempts: 4,
    pingTimeouts: 0,
    herd: {
      attempts: [0, 4],
      successes: [0, 4],
      peakPerSecond: 40,
      synchronisation: 1,
      serverCpu: 5,
      serverLoopDelayMs: 3,
    },
    ledger: {
      ...{ expected: 10, delivered: 8, recovered: 1, missed: 1, lost: 0, unknown: 0, duplicate: 0, reordered: 0 },
      missedBy: { offline: 1, cut: 0, left: 0, silent: 0 },
    },
    steadyAfter: 1,
    presence: { ghosts: 1, missing: 0, ghostsUntil: 2, rightAtEnd: true },
    nodes: { sameNode: path, crossNode: { ...path, lost: 1 }, peakArrivals: 3, balancedAfter: null },
  };
  const node = { clients: { mean: 2, most: 4 }, cpu: { mean: 3, most: 9 }, loopDelayMs: 4, arrived: 12 };
  return {
    ...run,
    nodes: ['node-1', 'node-2'].map((name) => ({ name, ...node })),
    matrix: { orders, networks: ['open'], clientTimeoutMs: 2000, cells: [], costs: [] },
    fallback: { cells, refusals: { open: { TRANSPORT_MISMATCH: 3 } } },
    outages: [
      { ...outage, fault: 'reset', kinds: ['reset'] },
      {
        ...outage,
        fault: 'kill',
        kinds: ['kill'],
        back: 2,
        deaf: 1,
        never: [{ reason: 'timeout', clients: 2 }],
        steadyAfter: null,
      },
      { ...outage, fault: 'mobile', kinds: ['persona'], ledger: null, presence: null, nodes: null },
    ],
  };
}

describeInBrowser('axe finds nothing wrong', (browser) => {
  let chat: ChatServer;
  beforeAll(async () => {
    chat = await createChatServer({ port: 0 });
  }, 60_000);
  afterAll(async () => {
    await chat?.close();
  });

  test.each(['light', 'dark'] as const)('with a report, %s, everything in it opened', async (colorScheme) => {
    const { page } = await open(browser(), [eventful(), runOf(30)], { colorScheme });
    for (const summary of await page.locator('summary:visible').all()) await summary.click();
    // What is inside is made when the browser tells that it is open.
    await page.locator('details[open]:visible > :nth-child(2)').last().waitFor();
    expect(await violationsOf(page)).toEqual([]);
  });

  test.each(['light', 'dark'] as const)('with the chat, %s, its panels opened', async (colorScheme) => {
    const context = await browser().newContext({ colorScheme, viewport: { width: 1200, height: 800 } });
    const page = await context.newPage();
    await page.goto(chat.url);
    expect(await violationsOf(page)).toEqual([]);
    await page.getByRole('textbox', { name: 'Your name' }).fill('Ada');
    await page.getByRole('textbox', { name: 'Your name' }).press('Enter');
    await page.locator('#status[data-state=connected]').waitFor();
    await page.getByLabel('Join or start a room').fill('tea');
    await page.getByLabel('Join or start a room').press('Enter');
    await page.locator('#status').click();
    expect(await violationsOf(page)).toEqual([]);
    await context.close();
  });
});
