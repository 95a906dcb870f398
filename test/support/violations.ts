import axe, { type AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';

/** What axe finds wrong with what a page shows, each with where and why. */
export async function violationsOf(page: Page): Promise<string[]> {
  // Animations leave colours half-way; they are over when nothing moves any more.
  const moving = "document.getAnimations().some(({ playState }) => playState === 'running')";
  await expect.poll(() => page.evaluate(moving)).toBe(false);
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate<AxeResults>('axe.run(document)');
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id}: ${help} (${target.join(' ')}) ${failureSummary ?? ''}`),
  );
}
