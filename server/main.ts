import { flushCompileCache } from 'node:module';
import { ChatServerError } from './chat-options.ts';
import { createChatServer } from './chat-server.ts';
import { describeFailure } from './vitals/failures.ts';

/**
 * The chat server as a process. Options come as one JSON object in CHATSTORM_SERVER, or HOST and PORT; the object wins.
 * A parent with an IPC channel is sent `{ ready: url }`, and the server ends with that channel. SIGTERM and SIGINT end
 * it with 0 within five seconds, the second one at once with 1; an option or a port that cannot be used ends it with 2. An
 * error that nothing caught is said, and ends it in order with 70.
 */
try {
  const server = await createChatServer(optionsFrom(process.env), (line) => console.log(line));
  const stop = async (code: number) => {
    setTimeout(() => process.exit(code), 4500).unref();
    await server.close();
    process.exit(code);
  };
  let firstSignalAt: number | undefined;
  const onSignal = (signal: NodeJS.Signals) => {
    const now = performance.now();
    firstSignalAt ??= now;
    if (firstSignalAt === now) return stop(0);
    // A shell and npm both pass Ctrl-C on: what comes at once is the same one.
    if (signal === 'SIGTERM' || now - firstSignalAt > 500) process.exit(1);
  };
  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);
  // Something of ours is broken, and nothing is known of what: clients are let go, and another process takes over.
  const fail = (what: string) => (error: unknown) => {
    console.error(`${what}, so the server ends: ${describeFailure(error)}`);
    void stop(70);
  };
  process.on('uncaughtException', fail('An error was not caught'));
  process.on('unhandledRejection', fail('A promise was rejected and nothing handled it'));
  if (process.send) {
    process.on('disconnect', () => stop(0));
    process.send({ ready: server.url });
  } else {
    console.log(`chatstorm's chat is open at ${server.url}`);
  }
  // One that is killed writes nothing when it ends, and it is the one that is started again.
  flushCompileCache();
} catch (error) {
  if (!(error instanceof ChatServerError)) throw error;
  console.error(error.message);
  process.exit(2);
}

function optionsFrom(env: NodeJS.ProcessEnv) {
  const { HOST, PORT, CHATSTORM_SERVER = '{}' } = env;
  const given = parseJson(CHATSTORM_SERVER);
  return { ...(HOST && { host: HOST }), ...(PORT && { port: Number(PORT) }), ...given };
}

function parseJson(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch {
    // Said below, as for anything else that is no object.
  }
  throw new ChatServerError(
    'OPTIONS',
    `Expected CHATSTORM_SERVER to be one JSON object such as {"port":3001}, got ${text}.`,
  );
}
