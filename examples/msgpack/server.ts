/** A chat whose packets are MessagePack, and whose texts are bytes. */

import { createServer } from 'node:http';
import { Server } from 'socket.io';
import * as parser from 'socket.io-msgpack-parser';

const http = createServer();
const io = new Server(http, { parser });

io.on('connection', (socket) => {
  socket.on('say', (message: { body: Buffer }) => io.emit('said', message));
});

http.listen(Number(process.env.PORT ?? 3000), '127.0.0.1');
