import { STATUS_CODES } from 'node:http';
import { z } from 'zod';
import { defineFault, type Handlers } from '../fault.ts';
import { onUpgrade } from '../on-upgrade.ts';
import { someConnections } from '../parameters.ts';
import type { Stage } from '../proxy/stage.ts';

/** Requests for a WebSocket are answered with `status` (400, 403 or 502) and never reach the target. */
const schema = z.strictObject({
  kind: z.literal('upgrade-refused'),
  status: z.literal([400, 403, 502], { error: '400, 403 or 502' }).default(403),
  ...someConnections,
});

/** Answers in the place of the target, then ends the connection. */
function upgradeRefused({ status }: z.output<typeof schema>, up: Stage, down: Stage): Handlers {
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

export const upgradeRefusedFault = defineFault(schema, upgradeRefused);
