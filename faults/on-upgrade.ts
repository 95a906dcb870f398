import { asksForWebSocket, type Head, HttpReader } from './proxy/http-reader.ts';
import type { Handler, Stage } from './proxy/stage.ts';

/**
 * Watches the requests that go up and passes them on, but for those that ask for a WebSocket: these go to `act`, which
 * may pass something else or cut, and says whether what follows goes on. A head waits here until it is complete.
 */
export function onUpgrade(up: Stage, act: (head: Head, at: number) => boolean): Handler {
  const reader = new HttpReader('request', up.fresh);
  return ({ at, data }) => {
    if (typeof data === 'string' || up.isWebSocket) {
      up.release();
      return up.pass({ at, data });
    }
    for (const part of reader.read(data)) {
      if (part.kind === 'partial') {
        up.hold({ at, data: part.data }, Number.POSITIVE_INFINITY);
      } else if (part.kind === 'head' && asksForWebSocket(part.head)) {
        up.drop();
        if (!act(part.head, at)) return;
      } else {
        up.release();
        up.pass({ at, data: part.data });
      }
    }
  };
}
