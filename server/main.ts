import { flushCompileCache } from 'node:module';
import { ChatServerError } from './chat-options.ts';
import { createChatServer } from './chat-server.ts';

/**
 * The chat server as a process. Options come as one JSON object in CHATSTORM_SERVER, or HOST and PORT; the object wins.
 * A parent with an IPC channel is sent `{ ready: url }`, and the server ends with that channel. SIGTERM and SIGINT end
 * it with 0 within five seconds; an option or a port that cannot be used ends it with 2.
 */
try {
  const server = await createChatServer(optionsFrom(process.env), (line) => console.log(line));
  const stop = async () => {
    setTimeout(() => process.exit(0), 4500).unref();
    await server.close();
    process.exit(0);
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  if (process.send) {
    process.on('disconnect', stop);
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
