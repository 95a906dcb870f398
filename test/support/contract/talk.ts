import { clientOrders } from '../../../bots/client-orders.ts';
import { type ConnectorOf, type Finish, linkTo } from './clients.ts';
import { type WireScript, wireServer } from './wire.ts';

/** A link to a server that speaks by hand, which listens for `say` and `end`. */
export async function talk(connectorOf: ConnectorOf, finish: Finish, script: WireScript = {}) {
  const { url, peers } = await wireServer(finish, script);
  const link = await linkTo(connectorOf, url, finish, clientOrders['websocket-only']);
  link.hear('say');
  link.hear('end');
  link.connection.connect();
  return { ...link, peers };
}
