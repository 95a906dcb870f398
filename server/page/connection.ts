import { io, type Socket } from 'socket.io-client';

/** How we are connected right now. `attempt` counts reconnect attempts, 0 while there were none. */
export interface Link {
  readonly state: 'connecting' | 'connected' | 'reconnecting';
  readonly transport: string;
  readonly rttMs: number | undefined;
  readonly attempt: number;
}

/** Opens the connection and keeps telling how it is; the socket is for the chat to speak over. */
export function connect(transports: string[], onLink: (link: Link) => void): Socket {
  const socket = io({ transports, tryAllTransports: true, autoConnect: false });
  let link: Link = { state: 'connecting', transport: '', rttMs: undefined, attempt: 0 };
  const tell = (change: Partial<Link>) => {
    link = { ...link, ...change };
    onLink(link);
  };

  socket.io.on('open', () => {
    const { engine } = socket.io;
    tell({ transport: engine.transport.name });
    engine.once('upgrade', (transport) => tell({ transport: transport.name }));
  });
  socket.on('connect', () => {
    tell({ state: 'connected', attempt: 0 });
    // Not at once: the page itself is still being set up and drawn.
    setTimeout(() => measure(socket, tell), 500);
  });
  socket.on('disconnect', () => {
    tell({ state: 'reconnecting', transport: '', rttMs: undefined });
    // Told to go, a client stays away; a chat wants to be back.
    if (!socket.active) setTimeout(() => socket.connect(), 1000);
  });
  socket.io.on('reconnect_attempt', (attempt) => tell({ state: 'reconnecting', attempt }));
  setInterval(() => measure(socket, tell), everyMs);
  onLink(link);
  return socket;
}

const everyMs = 2000;

/** The round trip of an event that the server only acknowledges. */
function measure(socket: Socket, tell: (change: Partial<Link>) => void): void {
  if (!socket.connected) return;
  const sentAt = performance.now();
  socket.timeout(5000).emit('rtt', (error: Error | null) => {
    if (socket.connected) tell({ rttMs: error ? undefined : performance.now() - sentAt });
  });
}
