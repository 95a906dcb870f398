import { createServer, type Server as HttpServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { hostname } from 'node:os';
import { Server } from 'socket.io';
import { refusalAtTheDoor } from './access/allow-request.ts';
import { ConnectionLimits } from './access/connection-limits.ts';
import { closeDeserted } from './access/deserted.ts';
import { Eviction, type EvictionLimits } from './access/eviction.ts';
import { Chat, largestMessage } from './chat/chat.ts';
import { type ChatOptions, ChatServerError, type GivenOptions, parseOptions } from './chat-options.ts';
import { openBus } from './cluster/bus.ts';
import { boundRecovery, recoverOnce } from './recovery.ts';
import { noRefusals, type Refusals } from './refusals.ts';
import { closeServer } from './shutdown.ts';
import { countConnectionErrors } from './vitals/connection-errors.ts';
import type { EngineClient } from './vitals/engine-clients.ts';
import { Failures } from './vitals/failures.ts';
import { VitalsWatch } from './vitals/vitals.ts';
import { createWeb } from './web/http-routes.ts';
import { pageFiles } from './web/page-files.ts';

/** A chat server that listens. `close` lets clients go so that they come back by themselves; twice is once. */
export interface ChatServer {
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Starts the reference chat. Options that are not given have their defaults; `port: 0` takes any free one. Throws a
 * ChatServerError where the options are wrong or the port is taken. `log` gets a line for each thing that fails, at most one
 * a minute for each, and, if the option `log` is on, for each connection and disconnection.
 */
export async function createChatServer(
  given: GivenOptions = {},
  log: (line: string) => void = () => {},
): Promise<ChatServer> {
  const options = parseOptions(given);
  const page = options.page ? pageFiles(options) : new Map();
  const failures = new Failures(log);
  const refusals = noRefusals();
  const bus = await openBus(options, failures);
  const http = createHttp(options);
  const { maxConnections: total, maxConnectionsPerAddress: perAddress, spareConnections: spare } = options;
  const limits = new ConnectionLimits(http, { total, perAddress, spare }, () => {
    refusals.full += 1;
  });
  const io = new Server({ ...engineOptions(options), ...(bus && { adapter: bus.adapter }) });
  const eviction = new Eviction(io, limits.open, evictionLimits(options));
  const chat = new Chat(io, options, refusals, {
    failures,
    queued: (bytes) => eviction.queued(bytes),
    flooding: ({ conn }) => eviction.evict(conn as unknown as EngineClient, 'flood'),
  });
  let closing: Promise<void> | undefined;
  const isClosing = () => closing !== undefined;

  http.on('request', createWeb(options, { page, refusals, vitals: () => chatVitals(), isClosing, limits }));
  attach(io, http, { options, limits, refusals, isClosing });
  const connectionErrors = countConnectionErrors(io);
  limits.watch(io);
  recoverOnce(io);
  closeDeserted(io, options.connectTimeout);
  io.on('connection', (socket) => {
    if (options.node !== '') socket.emit('node', options.node);
    if (!failures.attempt('connection', () => chat.welcome(socket))) return void socket.disconnect(true);
    if (!options.log) return;
    log(`${socket.id} connected over ${socket.conn.transport.name}${socket.recovered ? ', recovered' : ''}`);
    socket.on('disconnect', (reason) => log(`${socket.id} disconnected: ${reason}`));
  });

  await listen(http, options).catch((error) => {
    bus?.close();
    throw error;
  });
  http.on('error', (error) => failures.report('listening', error, performance.now()));
  const vitals = new VitalsWatch(io, { connectionErrors, rooms: () => chat.rooms.size });
  const node = options.node || `${hostname()}-${process.pid}`;
  const chatVitals = () => ({
    node,
    ...vitals.latest(),
    evicted: eviction.count,
    messages: chat.messages(),
    refusals: { ...refusals },
    failures: failures.counts(),
  });
  const recoverable = {
    packets: Math.ceil(options.maxTotalBufferedBytes / largestMessage(options)),
    sessions: options.maxConnections,
  };
  const second = setInterval(() => {
    const now = performance.now();
    failures.attempt('cleaning up', () => {
      eviction.look(now);
      chat.sweep(now);
      if (options.stateRecovery) boundRecovery(io, recoverable);
    });
  }, 1000);
  second.unref();

  const close = async () => {
    await closeServer(io, limits.open, graceMs);
    clearInterval(second);
    vitals.close();
    chat.close();
    bus?.close();
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

/** How often requests are looked at for whether they take too long, in ms. */
const CHECK_MS = 1000;

function createHttp({ headersTimeout, requestTimeout, idleTimeout }: ChatOptions): HttpServer {
  return createServer({
    headersTimeout,
    requestTimeout,
    keepAliveTimeout: idleTimeout,
    connectionsCheckingInterval: CHECK_MS,
  });
}

/** Attaches Socket.IO, with its door: who may not come in is told why. */
function attach(
  io: Server,
  http: HttpServer,
  about: {
    readonly options: ChatOptions;
    readonly limits: ConnectionLimits;
    readonly refusals: Refusals;
    readonly isClosing: () => boolean;
  },
): void {
  const { options, limits, refusals, isClosing } = about;
  io.attach(http, {
    allowRequest: (request, answer) => {
      const refusal = isClosing() ? 'closing' : (refusalAtTheDoor(request, options) ?? limits.excessSession(request));
      if (refusal === undefined) return answer(null, true);
      refusals[refusal] += 1;
      // Polling: the connection is worth more than what it would be kept for.
      const { res } = request as typeof request & { readonly res?: ServerResponse };
      res?.setHeader('Connection', 'close');
      answer(`Refused: ${refusal}`, false);
    },
  });
  io.engine.on('headers', (headers: Record<string, string>) => {
    headers['x-content-type-options'] = 'nosniff';
  });
}

function evictionLimits(options: ChatOptions): EvictionLimits {
  const { pingInterval, pingTimeout } = options;
  return {
    packets: options.maxBufferedPackets,
    bytes: options.maxBufferedBytes,
    totalBytes: options.maxTotalBufferedBytes,
    askEveryMs: pingInterval,
    silentMs: pingInterval + pingTimeout,
    stalledMs: options.idleTimeout,
  };
}

function engineOptions(options: ChatOptions) {
  const { maxHttpBufferSize, pingInterval, pingTimeout, transports, origins, connectTimeout } = options;
  const { maxDisconnectionDuration } = options;
  const recovery = { connectionStateRecovery: { maxDisconnectionDuration, skipMiddlewares: true } };
  const cors = origins.length > 0 ? { cors: { origin: origins } } : {};
  const heartbeat = { pingInterval, pingTimeout };
  const limits = { maxHttpBufferSize, connectTimeout };
  return { ...limits, ...heartbeat, transports, ...cors, ...(options.stateRecovery && recovery) };
}

function listen(http: HttpServer, { host, port }: ChatOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    const failed = (error: NodeJS.ErrnoException) => reject(cannotListen(error, host, port));
    http.once('error', failed);
    // A worker of a Node cluster would share its port with the others.
    http.listen({ port, host, exclusive: true }, () => {
      http.off('error', failed);
      resolve();
    });
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
