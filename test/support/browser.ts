import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

/** Chromium without its own windows, where there is one, opens a page twice as fast as the whole of it. */
const paths = ['/usr/bin/chromium-headless-shell', '/usr/bin/chromium'];
const path = process.env.CHROMIUM ?? paths.find((path) => existsSync(path)) ?? paths[0]!;

/** Whether there is a browser to test with. */
export const browserAvailable = existsSync(path);

/** How to get a browser. */
export const browserMissing = `There is no browser at ${path}: apt-get install chromium-headless-shell, or set CHROMIUM=/path/to/one.`;

/** Starts a browser; throws a sentence that says how to get one if there is none. */
export function launchBrowser(): Promise<Browser> {
  if (!browserAvailable) throw new Error(browserMissing);
  return chromium.launch({ executablePath: path, args: flags });
}

const flags = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
