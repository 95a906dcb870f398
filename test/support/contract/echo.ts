import type { Reply } from '../../../bots/chat-socket.ts';
import { type ConnectorOf, type Finish, type LinkOptions, linkTo } from './clients.ts';
import { socketIoServer } from './servers.ts';

export const timeoutMs = 10_000;

/** A server that gives back each event as it came, and asks back when it is told to. */
export async function echo(connectorOf: ConnectorOf, finish: Finish, options: LinkOptions) {
  const parser = options.dialect?.parser ? { parser: await import('socket.io-msgpack-parser') } : {};
  const { io, ...place } = await socketIoServer(finish, parser);
  const heard: unknown[][] = [];
  io.on('connection', (socket) => {
    socket.onAny((event, ...args) => {
      const last = args.at(-1);
      if (typeof last === 'function') {
        heard.push([event, ...args.slice(0, -1)]);
        if (event === 'twice') last('first');
        if (event !== 'silence') last(...args.slice(0, -1));
      } else {
        heard.push([event, ...args]);
        socket.emit(event, ...args);
      }
    });
  });
  const link = await linkTo(connectorOf, place.url, finish, options);
  const ask = (event: string, args: readonly unknown[], ms = timeoutMs) =>
    new Promise<Reply>((resolve) => link.connection.request(event, args, { timeoutMs: ms }, resolve));
  return { io, ...place, heard, ...link, ask };
}
