import { createServer, type Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server } from 'socket.io';
import { refusalAtTheDoor } from './allow-request.ts';
import { Chat } from './chat.ts';
import { type ChatOptions, ChatServerError, parseOptions } from './chat-options.ts';
import { countConnectionErrors } from './connection-errors.ts';
import { FailureLog } from './failure-log.ts';
import { createWeb } from './http-routes.ts';
import { pageFiles } from './page-files.ts';
import { recoverOnce } from './recovery.ts';
import { closeServer, trackConnections } from './shutdown.ts';
import { VitalsWatch } from './vitals.ts';

/** A chat server that listens. `close` lets clients go so that they come back by themselves; twice is once. */
export interface ChatServer {
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Starts the reference chat. Options that are not given have their defaults; `port: 0` takes any free one. Throws a
 * ChatServerError where the options are wrong or the port is taken. `log` gets a line for each handler that fails, at most
 * one a minute for each event, and, if the option `log` is on, for each connection and disconnection.
 */
export async function createChatServer(
  given: Partial<ChatOptions> = {},
  log: (line: string) => void = () => {},
): Promise<ChatServer> {
  const options = parseOptions(given);
  const page = options.page ? pageFiles(options) : new Map();
  const http = createServer();
  const open = trackConnections(http);
  const io = new Server(engineOptions(options));
  const failures = new FailureLog(log);
  const chat = new Chat(io, options, (event, error) => failures.report(event, error, performance.now()));
  let closing: Promise<void> | undefined;
  const isClosing = () => closing !== undefined;

  http.on(
    'request',
    createWeb(options, {
      page,
      refusals: chat.refusals,
      vitals: () => ({ ...vitals.latest(), messages: chat.messages(), refusals: { ...chat.refusals } }),
      isClosing,
    }),
  );
  io.attach(http, {
    allowRequest: (request, answer) => {
      const refusal = isClosing() ? 'closing' : refusalAtTheDoor(request, options);
      if (refusal === undefined) return answer(null, true);
      chat.refusals[refusal] += 1;
      answer(`Refused: ${refusal}`, false);
    },
  });
  const connectionErrors = countConnectionErrors(io);
  io.engine.on('headers', (headers: Record<string, string>) => {
    headers['x-content-type-options'] = 'nosniff';
  });
  recoverOnce(io);
  io.on('connection', (socket) => {
    chat.welcome(socket);
    if (!options.log) return;
    log(`${socket.id} connected over ${socket.conn.transport.name}${socket.recovered ? ', recovered' : ''}`);
    socket.on('disconnect', (reason) => log(`${socket.id} disconnected: ${reason}`));
  });

  await listen(http, options);
  const counts = { connectionErrors, rooms: () => chat.rooms.size };
  const vitals = new VitalsWatch(io, counts, options.maxBufferedPackets, () => chat.rooms.sweep(performance.now()));

  const close = async () => {
    await closeServer(io, open, graceMs);
    vitals.close();
    chat.close();
  };
  return {
    url: urlOf(options.host, http),
    close: () => {
      closing ??= close();
      return closing;
    },
  };
}

/** How long each half of closing waits for clients, in ms: twice this stays well below the five seconds of a restart. */
const graceMs = 1500;

function engineOptions(options: ChatOptions) {
  const { maxHttpBufferSize, pingInterval, pingTimeout, transports, origins } = options;
  const recovery = { connectionStateRecovery: { maxDisconnectionDuration: 120_000, skipMiddlewares: true } };
  const cors = origins.length > 0 ? { cors: { origin: origins } } : {};
  return { maxHttpBufferSize, pingInterval, pingTimeout, transports, ...cors, ...(options.stateRecovery && recovery) };
}

function listen(http: HttpServer, { host, port }: ChatOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    http.once('error', (error: NodeJS.ErrnoException) => reject(cannotListen(error, host, port)));
    http.listen(port, host, resolve);
  });
}

function cannotListen(error: NodeJS.ErrnoException, host: string, port: number): ChatServerError {
  if (error.code === 'EADDRINUSE') {
    const message = `Port ${port} on ${host} is in use: stop what listens there, or choose another port (PORT=${port + 1}).`;
    return new ChatServerError('PORT_IN_USE', message);
  }
  return new ChatServerError('LISTEN', `Cannot listen on ${host}, port ${port} (${error.message}): choose another.`);
}

function urlOf(host: string, http: HttpServer): string {
  const { port } = http.address() as AddressInfo;
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}
