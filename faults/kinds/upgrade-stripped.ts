import { z } from 'zod';
import { defineFault, type Handlers } from '../fault.ts';
import { onUpgrade } from '../on-upgrade.ts';
import { someConnections } from '../parameters.ts';
import type { Stage } from '../proxy/stage.ts';

/** Requests for a WebSocket lose their `Upgrade` and `Connection` headers, as through a proxy that knows none of it. */
const schema = z.strictObject({ kind: z.literal('upgrade-stripped'), ...someConnections });

/** Passes the head on without those lines. */
function upgradeStripped(_: z.output<typeof schema>, up: Stage): Handlers {
  return {
    up: onUpgrade(up, (head, at) => {
      const lines = head.text.split('\r\n').filter((line) => !/^(?:upgrade|connection):/i.test(line));
      up.pass({ at, data: Buffer.from(lines.join('\r\n'), 'latin1') });
      return true;
    }),
  };
}

export const upgradeStrippedFault = defineFault(schema, upgradeStripped);
