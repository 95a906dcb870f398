/** The plainest chat: what anyone says goes to everyone. */

import { createServer } from 'node:http';
import { Server } from 'socket.io';

const http = createServer();
const io = new Server(http, { cors: { origin: '*' } });

io.on('connection', (socket) => {
  socket.on('chat message', (text: string) => io.emit('chat message', text));
});

http.listen(Number(process.env.PORT ?? 3000), '127.0.0.1');
