import { STATUS_CODES } from 'node:http';
import { z } from 'zod';
import type { Handlers } from './fault.ts';
import { someConnections } from './parameters.ts';
import type { Stage } from './stage.ts';
import { onUpgrade } from './upgrade.ts';

/** Requests for a WebSocket are answered with `status` (400, 403 or 502) and never reach the target. */
export const upgradeRefusedSchema = z.strictObject({
  kind: z.literal('upgrade-refused'),
  status: z.literal([400, 403, 502], { error: '400, 403 or 502' }).default(403),
  ...someConnections,
});

/** Answers in the place of the target, then ends the connection. */
export function upgradeRefused({ status }: z.output<typeof upgradeRefusedSchema>, up: Stage, down: Stage): Handlers {
  const answer = `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`;
  return {
    up: onUpgrade(up, () => {
      down.pass({ at: down.now(), data: Buffer.from(answer) });
      down.cut('fin');
      up.cut('fin');
      return false;
    }),
  };
}
