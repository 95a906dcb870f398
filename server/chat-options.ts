import { z } from 'zod';

/** What the chat server can be told; every field has a default. Times are in ms, sizes in bytes. */
export type ChatOptions = z.output<typeof schema>;

/** An error the server's operator can do something about: a stable `code` and a sentence that names the remedy. */
export class ChatServerError extends Error {
  readonly code: 'OPTIONS' | 'PORT_IN_USE' | 'LISTEN';

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

const schema = z.strictObject({
  /** The address to listen on, and a name accepted in the Host header. */
  host: z.string().min(1).default('127.0.0.1'),
  /** 0 takes any free port. */
  port: z.int().min(0).max(65_535).default(3000),
  /** The longest message, in characters. */
  messageLength: count(1).default(2000),
  /** The largest payload a transport takes, in bytes. */
  maxHttpBufferSize: count(1000).default(100_000),
  /** Messages per second and socket, with bursts of as many; 0 is without limit, for load. */
  messagesPerSecond: z.number().min(0).default(20),
  /** Messages a room remembers for those who join later. */
  historyLength: z.int().min(0).max(1000).default(50),
  /** Socket.IO's connection state recovery, for up to two minutes. */
  stateRecovery: z.boolean().default(false),
  pingInterval: count(100).default(25_000),
  pingTimeout: count(100).default(20_000),
  transports: z
    .array(z.enum(['polling', 'websocket']))
    .min(1)
    .default(['polling', 'websocket']),
  /** Web origins, besides the server's own, whose pages may connect: `https://chat.example.com`. */
  origins: z.array(z.url({ protocol: /^https?$/ }).transform((url) => new URL(url).origin)).default([]),
  /** A bearer token that allows reading /vitals from elsewhere; empty means loopback only. */
  vitalsToken: z.string().default(''),
  /** A client with more packets waiting than this is cut off, once a second. */
  maxBufferedPackets: count(1).default(10_000),
  /** Serve the page people chat on. */
  page: z.boolean().default(true),
  /** Log each connection and disconnection. */
  log: z.boolean().default(false),
});

function sentence(issue: z.core.$ZodIssue): string {
  if (issue.code === 'unrecognized_keys') {
    return `There is no option ${issue.keys.map((key) => `\`${key}\``).join(', ')}; there are ${Object.keys(schema.shape).join(', ')}`;
  }
  const place = issue.path.join('.');
  return place === ''
    ? `Expected the options to be one object (${issue.message})`
    : `Expected another value for \`${place}\`: ${issue.message}`;
}
