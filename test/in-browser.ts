import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe } from 'vitest';
import { browserAvailable, browserMissing, launchBrowser } from './browser.ts';

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
