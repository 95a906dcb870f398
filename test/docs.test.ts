import { join } from 'node:path';
import { expect, test } from 'vitest';
import { metricsMarkdown } from '../reports/wording/metric-reference.ts';
import { root } from './support/chatstorm.ts';

/** After a wanted change: `npx vitest run test/docs.test.ts -u`. */
test('docs/metrics.md lists the metric catalogue', async () => {
  await expect(metricsMarkdown()).toMatchFileSnapshot(join(root, 'docs', 'metrics.md'));
});
