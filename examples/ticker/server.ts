/** A ticker: only the server speaks, ten times a second, to everyone. */

import { createServer } from 'node:http';
import { Server } from 'socket.io';

const http = createServer();
const io = new Server(http);

let id = 0;
setInterval(() => {
  const price = 100 + 5 * Math.sin(id / 10);
  io.emit('quote', { id: id++, symbol: 'STRM', price, at: Date.now() });
}, 100);

http.listen(Number(process.env.PORT ?? 3000), '127.0.0.1');
