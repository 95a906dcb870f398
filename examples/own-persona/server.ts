/** The plainest chat, which recovers sessions: who was away for less than two minutes gets what was said meanwhile. */

import { createServer } from 'node:http';
import { Server } from 'socket.io';

const http = createServer();
const io = new Server(http, { connectionStateRecovery: {}, pingInterval: 2000, pingTimeout: 2000 });

io.on('connection', (socket) => {
  socket.on('chat message', (text: string) => io.emit('chat message', text));
});

http.listen(Number(process.env.PORT ?? 3000), '127.0.0.1');
