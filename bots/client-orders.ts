/** What a client may be told otherwise than by default, in socket.io-client's own words; `timeout` in ms. */
export interface ClientOptions {
  readonly transports?: readonly ('polling' | 'websocket')[];
  readonly tryAllTransports?: boolean;
  readonly timeout?: number;
}

/** In which order a client tries its transports, in the words of socket.io-client's options. */
export const clientOrders = {
  'polling-first': { transports: ['polling', 'websocket'] },
  'websocket-first-try-all': { transports: ['websocket', 'polling'], tryAllTransports: true },
  'websocket-first': { transports: ['websocket', 'polling'] },
  'websocket-only': { transports: ['websocket'] },
  'polling-only': { transports: ['polling'] },
} as const satisfies Readonly<Record<string, ClientOptions>>;

export type ClientOrder = keyof typeof clientOrders;

export const clientOrderNames = Object.keys(clientOrders) as ClientOrder[];
