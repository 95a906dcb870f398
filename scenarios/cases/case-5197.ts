import { createServer } from 'node:http';
import type { ManagerOptions, SocketOptions } from 'socket.io-client';
import msgpackParser from 'socket.io-msgpack-parser';
import type { UpstreamCase } from './upstream-case.ts';

const FAILURES = 3;
const auth = (give: (data: object) => void) => give({ token: 'token' });

/** The clients of those who reported it. */
const clients: readonly Partial<ManagerOptions & SocketOptions>[] = [
  { transports: ['polling', 'websocket'] },
  { transports: ['websocket'], auth },
  { transports: ['websocket'], auth, parser: msgpackParser },
];

export const case5197: UpstreamCase = {
  id: '5197',
  reference: 'socketio/socket.io#5197',
  url: 'https://github.com/socketio/socket.io/issues/5197',
  title: 'A client does not reconnect once the server has restarted',
  packages: ['socket.io-client', 'engine.io-client'],
  settings: 'socket.io-client since 4.8.0; by comments also with an auth function, and with socket.io-msgpack-parser',
  expected: 'A client connects again by itself as soon as the server is back.',
  reported: 'The connect event does not come any more after the server has stopped and started; it did in 4.7.5.',
  remedy: 'Some who reported it stay with socket.io-client 4.7.5.',
  fixedIn: null,
  here: {
    isReproduced: false,
    why: 'Tried with long polling, with WebSocket and an auth function, and with that and socket.io-msgpack-parser: each client was back. The maintainer could not reproduce it either.',
  },
  seconds: 2,
  show: async (lab) => {
    const failures: number[] = [];
    let back = 0;
    for (const options of clients) {
      const { io, url } = await lab.server(options.parser ? { parser: options.parser } : {});
      const client = await lab.client(url, { ...options, reconnectionDelayMax: 50 });
      let failed = 0;
      client.on('connect_error', () => failed++);
      await io.close();
      await lab.until('attempts to reconnect fail', () => failed >= FAILURES);
      const http = createServer();
      io.attach(http);
      await new Promise<void>((resolve) => http.listen(Number(new URL(url).port), '127.0.0.1', resolve));
      await lab
        .until('the client is back', () => client.connected)
        .then(
          () => back++,
          () => {},
        );
      failures.push(failed);
    }
    return {
      isReproduced: back < clients.length,
      evidence: `${back} of ${clients.length} clients were back once the server had restarted, after ${failures.join(', ')} attempts that failed.`,
    };
  },
};
