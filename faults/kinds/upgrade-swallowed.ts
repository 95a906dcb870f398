import { z } from 'zod';
import { defineFault, type Handlers } from '../fault.ts';
import { onUpgrade } from '../on-upgrade.ts';
import { someConnections } from '../parameters.ts';
import type { Stage } from '../proxy/stage.ts';

/**
 * Requests for a WebSocket are accepted and never answered: the target does not hear of them, and whatever it has to say
 * on that connection is lost. It stays open until the client ends it.
 */
const schema = z.strictObject({ kind: z.literal('upgrade-swallowed'), ...someConnections });

/** From the request on, nothing passes either way but the end that the client makes of it. */
function upgradeSwallowed(_: z.output<typeof schema>, up: Stage, down: Stage): Handlers {
  let swallowed = false;
  const watch = onUpgrade(up, () => {
    swallowed = true;
    return false;
  });
  return {
    up: (chunk) => {
      if (!swallowed) return watch(chunk);
      if (typeof chunk.data !== 'string') return;
      up.pass(chunk);
      down.cut('fin');
    },
    down: (chunk) => {
      if (!swallowed) return down.pass(chunk);
      if (typeof chunk.data === 'string') down.hold(chunk, Number.POSITIVE_INFINITY);
    },
  };
}

export const upgradeSwallowedFault = defineFault(schema, upgradeSwallowed);
