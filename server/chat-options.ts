import { z } from 'zod';
import { adapters } from '../base/adapters.ts';
import { connectionsFor } from './access/descriptor-limit.ts';

/** What the chat server can be told; every field has a default. Times are in ms, sizes in bytes. */
export type ChatOptions = z.output<typeof schema>;

/** What may be given: any of the options. */
export type GivenOptions = z.input<typeof fields>;

/** An error the server's operator can do something about: a stable `code` and a sentence that names the remedy. */
export class ChatServerError extends Error {
  readonly code: 'OPTIONS' | 'PORT_IN_USE' | 'LISTEN' | 'REDIS';

  constructor(code: ChatServerError['code'], message: string) {
    super(message);
    this.name = 'ChatServerError';
    this.code = code;
  }
}

/** A whole set of options out of whatever was given; throws a ChatServerError that lists every problem in one sentence. */
export function parseOptions(given: unknown): ChatOptions {
  const result = schema.safeParse(given ?? {});
  if (result.success) return result.data;
  throw new ChatServerError('OPTIONS', `${result.error.issues.map(sentence).join('; ')}.`);
}

const count = (least: number) => z.int().min(least);
/** A rate whose default follows from another; 0 is without limit. */
const rate = z.number().min(0).optional();

const fields = z.strictObject({
  /** The address to listen on, and a name accepted in the Host header. */
  host: z.string().min(1).default('127.0.0.1'),
  /** 0 takes any free port. */
  port: z.int().min(0).max(65_535).default(3000),
  /** The longest message, in characters. */
  messageLength: count(1).default(2000),
  /** The largest payload a transport takes, in bytes. */
  maxHttpBufferSize: count(1000).default(100_000),
  /** Messages per second and socket, with bursts of as many; 0 lifts all four limits of rate, for load. */
  messagesPerSecond: z.number().min(0).default(20),
  /** Bytes per second and socket; by default 2,500 for each of its messages. */
  bytesPerSecond: rate,
  /** What everybody at one address may send in a second; by default as much as ten sockets. */
  addressMessagesPerSecond: rate,
  addressBytesPerSecond: rate,
  /** Messages a room remembers for those who join later, and at most so many bytes of them. */
  historyLength: z.int().min(0).max(1000).default(50),
  historyBytes: count(0).default(65_536),
  /** Rooms at once, sockets in one of them, and rooms a socket may be in. */
  maxRooms: count(1).default(2000),
  maxMembers: count(1).default(10_000),
  roomsPerSocket: count(1).default(100),
  /** Socket.IO's connection state recovery, and how long it keeps a session. */
  stateRecovery: z.boolean().default(false),
  maxDisconnectionDuration: count(1).default(120_000),
  pingInterval: count(100).default(25_000),
  pingTimeout: count(100).default(20_000),
  transports: z
    .array(z.enum(['polling', 'websocket']))
    .min(1)
    .default(['polling', 'websocket']),
  /** Connections at once; by default as many as the process may have descriptors for, less a reserve for itself. */
  maxConnections: count(1).optional(),
  /** Connections at once from one address; by default half of all, 0 is as many as there may be. */
  maxConnectionsPerAddress: count(0).optional(),
  /** How long the head of a request may take, a whole request, and a connection between two. */
  headersTimeout: count(100).default(10_000),
  requestTimeout: count(100).default(30_000),
  idleTimeout: count(100).default(15_000),
  /** How long a client may be connected without being in the namespace. */
  connectTimeout: count(100).default(10_000),
  /** A client with more than this waiting to be sent is told and cut off, once a second. */
  maxBufferedPackets: count(1).default(10_000),
  maxBufferedBytes: count(1000).default(4_000_000),
  /** Where more is waiting for all clients together, those with the most are cut off; state recovery keeps no more either. */
  maxTotalBufferedBytes: count(1000).default(200_000_000),
  /** Web origins, besides the server's own, whose pages may connect: `https://chat.example.com`. */
  origins: z.array(z.url({ protocol: /^https?$/ }).transform((url) => new URL(url).origin)).default([]),
  /** A bearer token that allows reading /vitals and /metrics from elsewhere; empty means loopback only. */
  vitalsToken: z.string().default(''),
  /** Serve the page people chat on. */
  page: z.boolean().default(true),
  /** What this node of several is called: clients are told when they connect. Empty: nothing is told. */
  node: z
    .string()
    .regex(/^[\w.-]{0,60}$/, 'expected letters, digits, dots and dashes, 60 at most')
    .default(''),
  /** What nodes hear each other by: `memory` for one that stands alone, `cluster` for workers of one Node cluster. */
  adapter: z.enum(['memory', ...adapters]).default('memory'),
  /** The Redis between nodes: `redis://user:password@host:6379/0`, or `rediss:` for TLS. */
  redis: z.url({ protocol: /^rediss?$/ }).default('redis://127.0.0.1:6379'),
  /** What keys and channels in Redis begin with, so that several chats can share one. */
  busName: z.string().min(1).max(100).default('chatstorm'),
  /** Log each connection and disconnection. */
  log: z.boolean().default(false),
});

const schema = fields.transform((given) => {
  const { messagesPerSecond, headersTimeout, requestTimeout } = given;
  const isUnlimited = messagesPerSecond === 0;
  const bytesPerSecond = given.bytesPerSecond ?? messagesPerSecond * 2500;
  const { connections, spare } = connectionsFor(given.maxConnections);
  return {
    ...given,
    bytesPerSecond: isUnlimited ? 0 : bytesPerSecond,
    addressMessagesPerSecond: isUnlimited ? 0 : (given.addressMessagesPerSecond ?? messagesPerSecond * 10),
    addressBytesPerSecond: isUnlimited ? 0 : (given.addressBytesPerSecond ?? bytesPerSecond * 10),
    maxConnections: connections,
    maxConnectionsPerAddress: given.maxConnectionsPerAddress ?? Math.ceil(connections / 2),
    /** Connections above the limit that are kept for as long as it takes to say no. */
    spareConnections: spare,
    requestTimeout: Math.max(requestTimeout, headersTimeout),
  };
});

function sentence(issue: z.core.$ZodIssue): string {
  if (issue.code === 'unrecognized_keys') {
    return `There is no option ${issue.keys.map((key) => `\`${key}\``).join(', ')}; there are ${Object.keys(fields.shape).join(', ')}`;
  }
  const place = issue.path.join('.');
  return place === ''
    ? `Expected the options to be one object (${issue.message})`
    : `Expected another value for \`${place}\`: ${issue.message}`;
}
