/** Socket.IO 2 came without types. */
declare module 'socket.io-2' {
  import type { Server } from 'node:http';

  function create(http: Server): { close(): void };
  export = create;
}
