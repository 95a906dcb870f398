import type { Dialect } from '../../bots/dialect/dialect.ts';
import { type Connector, connectorOf } from '../../bots/socketio/socketio-connection.ts';
import { wireConnectorOf } from '../../bots/wire/wire-connector.ts';

/** What a client may be told of this host. */
export interface ClientPlace {
  /** Connections are spread over them, for there are only so many ports at each. Not every client can do so. */
  readonly localAddresses: readonly string[];
}

/** Makes a connector; as {@link connectorOf}. */
export type ClientFactory = (
  dialect: Dialect,
  url: string,
  secrets: readonly string[],
  place: ClientPlace,
) => Promise<Connector>;

/** The clients behind the chat socket port, by the name of their candidate. */
export const clients: Readonly<Record<string, ClientFactory>> = {
  'socket.io-client': connectorOf,
  wire: wireConnectorOf,
};
