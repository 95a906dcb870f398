/** Main of the null target: the least that a chat in the rooms dialect must do, for the harness to measure itself against. */

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server } from 'socket.io';

const http = createServer();
const io = new Server(http, { serveClient: false });

io.on('connection', (socket) => {
  socket.on('join', ({ room }, ack) => {
    socket.join(room);
    ack({ ok: true });
  });
  socket.on('message', ({ room, text }, ack) => {
    io.to(room).emit('message', { text });
    ack({ ok: true });
  });
});

http.listen(0, '127.0.0.1', () => {
  process.send?.({ ready: `http://127.0.0.1:${(http.address() as AddressInfo).port}` });
});
