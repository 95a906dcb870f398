/** Main of the audit: looks at what holds of recovery, on servers of its own, and tells the conductor each thing as it comes. */

import { audit } from '../../scenarios/audit/run-audit.ts';
import type { FromAudit, ToAudit } from './messages.ts';

/** What Node is told besides a main goes for the audit's own servers, too, except the leash: they end with their channel. */
const args = process.execArgv.filter((arg, i, all) => !(isLeash(arg) || (arg === '--import' && isLeash(all[i + 1]))));

// The leash lets go of the channel; waiting for the order must hold the process.
process.channel?.ref();
process.once('message', async ({ nodes }: ToAudit) => {
  for await (const row of audit(nodes, { program: process.execPath, args, env: process.env })) tell({ row });
  tell({ done: true });
  process.disconnect();
});
tell({ ready: true });

function isLeash(arg: string | undefined): boolean {
  return arg !== undefined && /leash\.[tj]s$/.test(arg);
}

function tell(message: FromAudit): void {
  process.send?.(message);
}
