import { io, type Socket } from 'socket.io-client';
import { visitorSettings } from './dom.ts';

/** How we are connected right now, and how it was. Times in ms; `undefined` while there is none. */
export interface Link {
  readonly state: 'connecting' | 'connected' | 'reconnecting';
  readonly transport: string;
  /** The node of the server; empty where there is but one. */
  readonly node: string;
  readonly rttMs: number | undefined;
  /** Attempts to reconnect, 0 while there were none. */
  readonly attempt: number;
  /** How long the last attempt took until we were connected, and from then until the transport was upgraded. */
  readonly connectMs: number | undefined;
  readonly upgradeMs: number | undefined;
  readonly reconnects: number;
  /** When the outage that lasts began, and how long the last one was; a change of transports is a short one. */
  readonly downAt: number | undefined;
  readonly outageMs: number | undefined;
}

/** The connection: the socket is for the chat to speak over, the rest for a person to play with. */
export interface Connection {
  readonly socket: Socket;
  open(): void;
  /** Closes the transport beneath the socket. As after a network cut, the client comes back by itself. */
  drop(): void;
  /** Reconnects at once, over these transports. */
  use(transports: string[]): void;
}

/** Makes the connection, which is opened when all are ready for it, and keeps telling how it is. */
export function createConnection(transports: string[], onLink: (link: Link) => void): Connection {
  const auth = { key: visitorKey() };
  const socket = io({ transports, auth, tryAllTransports: true, autoConnect: false });
  let link = unconnected;
  let triedAt = 0;
  const tell = (change: Partial<Link>) => {
    link = { ...link, ...change };
    onLink(link);
  };
  const open = () => {
    // Connecting while already at it would greet the server twice.
    if (socket.active) return;
    triedAt = performance.now();
    socket.connect();
  };

  socket.io.on('open', () => {
    const { engine } = socket.io;
    const openAt = performance.now();
    tell({ transport: engine.transport.name });
    engine.once('upgrade', ({ name }) => {
      if (engine === socket.io.engine) tell({ transport: name, upgradeMs: performance.now() - openAt });
    });
  });
  socket.on('connect', () => {
    const now = performance.now();
    const { downAt, reconnects } = link;
    const back = downAt === undefined ? {} : { outageMs: now - downAt, reconnects: reconnects + 1 };
    tell({ state: 'connected', attempt: 0, connectMs: now - triedAt, downAt: undefined, ...back });
    // Not at once: the page itself is still being set up and drawn.
    setTimeout(() => measure(socket, tell), 500);
  });
  socket.on('node', (node: unknown) => {
    if (typeof node === 'string') tell({ node });
  });
  socket.on('disconnect', (reason) => {
    const state = reason === 'io client disconnect' ? 'connecting' : 'reconnecting';
    tell({ state, ...noTransport, downAt: performance.now() });
    // Told to go, a client stays away; a chat wants to be back.
    if (reason === 'io server disconnect') setTimeout(open, 1000);
  });
  socket.io.on('reconnect_attempt', (attempt) => {
    triedAt = performance.now();
    tell({ state: 'reconnecting', attempt });
  });
  setInterval(() => measure(socket, tell), everyMs);
  onLink(link);

  const drop = () => {
    // An engine that is still opening would be closed without a word, and nobody would try again.
    if (socket.connected) socket.io.engine.close();
  };
  const use = (transports: string[]) => {
    // Read again by every engine that the manager makes.
    socket.io.opts.transports = transports;
    socket.disconnect();
    tell({ state: 'connecting', attempt: 0, ...noTransport });
    open();
  };
  return { socket, open, drop, use };
}

const noTransport = { transport: '', node: '', rttMs: undefined, connectMs: undefined, upgradeMs: undefined };

const unconnected: Link = {
  state: 'connecting',
  attempt: 0,
  ...noTransport,
  reconnects: 0,
  downAt: undefined,
  outageMs: undefined,
};

const everyMs = 2000;

/** The round trip of an event that the server only acknowledges. */
function measure(socket: Socket, tell: (change: Partial<Link>) => void): void {
  if (!socket.connected) return;
  const sentAt = performance.now();
  socket.timeout(5000).emit('rtt', (error: Error | null) => {
    if (socket.connected) tell({ rttMs: error ? undefined : performance.now() - sentAt });
  });
}

/** What tells the server that it is the same visitor after a reconnect, and in another tab: only they bear their name. */
function visitorKey(): string {
  const known = visitorSettings.get('key');
  if (known !== '') return known;
  const key = [...crypto.getRandomValues(new Uint8Array(16))]
    .map((byte) => byte.toString(16).padStart(2, '0'))
    .join('');
  visitorSettings.set('key', key);
  return key;
}
