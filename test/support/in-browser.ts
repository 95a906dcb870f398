import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe } from 'vitest';
import { browserAvailable, browserMissing, launchBrowser } from './browser.ts';

/** What a page says on its console and does wrong from now on, and what it asks for. */
export function overhear(page: Page): { readonly said: string[]; readonly asked: string[] } {
  const [said, asked]: [string[], string[]] = [[], []];
  page.on('console', (message) => said.push(`${message.type()}: ${message.text()}`));
  page.on('pageerror', (error) => said.push(`error: ${error.message}`));
  page.on('request', (request) => asked.push(request.url()));
  return { said, asked };
}

/** Tests of `what` in a browser that they share. Where there is none they are skipped, but never in CI, where they fail instead. */
export function describeInBrowser(what: string, tests: (browser: () => Browser) => void): void {
  const skip = !browserAvailable && process.env.CI !== 'true';
  const title = browserAvailable ? what : `${what}. ${browserMissing}`;
  describe.skipIf(skip)(title, { timeout: 60_000 }, () => {
    let browser: Browser;
    beforeAll(async () => {
      browser = await launchBrowser();
    }, 60_000);
    afterAll(() => browser?.close());
    tests(() => browser);
  });
}
