/** `npm run screenshots`: runs every scenario against the reference chat, and takes the README's pictures of the reports. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Browser } from 'playwright-core';
import { launchBrowser } from '../test/support/browser.ts';

const outages = '[aria-labelledby=outages] > .figure';

const scenarios = ['broadcast', 'fallback', 'reconnect'];

/** What a picture shows of a report: the first element of one selector down to the first of another. */
const pictures = [
  { name: 'broadcast', scenario: 'broadcast', from: 'header.verdict', to: '[aria-labelledby=latency] .figure' },
  {
    name: 'fallback',
    scenario: 'fallback',
    from: '[aria-labelledby=fallback]',
    to: '[aria-labelledby=fallback] .scroller',
  },
  { name: 'reconnect', scenario: 'reconnect', from: '[aria-labelledby=outages]', to: `${outages}:nth-of-type(3)` },
  { name: 'lanes', scenario: 'reconnect', from: `${outages}:has(.lanes)`, to: '.lane:nth-of-type(5)' },
] as const;

const WIDTH = 1120;
/** Around what is shown, px. */
const MARGIN = 16;

const folder = await mkdtemp(join(tmpdir(), 'chatstorm-screenshots-'));
try {
  await load(folder);
  const browser = await launchBrowser();
  try {
    for (const picture of pictures) {
      for (const scheme of ['light', 'dark'] as const) await take(browser, picture, scheme);
    }
  } finally {
    await browser.close();
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}

/** Throws where a run did not pass: its report is none to show. */
async function load(out: string): Promise<void> {
  const chatstorm = fileURLToPath(new URL('../chatstorm.ts', import.meta.url));
  const args = [chatstorm, 'load', ...scenarios, '--out', out, '--no-live'];
  const [code] = await once(spawn(process.execPath, args, { stdio: 'inherit' }), 'exit');
  if (code !== 0) throw new Error(`Expected every run to pass, chatstorm load ended with ${code}.`);
}

async function take(browser: Browser, picture: (typeof pictures)[number], scheme: 'light' | 'dark'): Promise<void> {
  const { name, scenario, from, to } = picture;
  // High enough for every chart to be in sight, and so to be drawn.
  const page = await browser.newPage({ colorScheme: scheme, viewport: { width: WIDTH, height: 8000 } });
  await page.goto(pathToFileURL(join(folder, scenario, 'report.html')).href);
  const top = (await page.locator(from).first().boundingBox())!;
  const bottom = (await page.locator(to).first().boundingBox())!;
  const height = bottom.y + bottom.height - top.y + 2 * MARGIN;
  const clip = { x: top.x - MARGIN, y: top.y - MARGIN, width: top.width + 2 * MARGIN, height };
  const path = fileURLToPath(new URL(`${name}-${scheme}.png`, import.meta.url));
  await page.screenshot({ path, clip });
  console.log(path);
  await page.close();
}
