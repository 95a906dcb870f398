/** Private messages: on connecting everyone is told an id of its own; a message goes to one id. */

import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { Server } from 'socket.io';

const http = createServer();
const io = new Server(http);

io.use((socket, next) => {
  const { username } = socket.handshake.auth;
  if (typeof username !== 'string') return next(new Error('invalid username'));
  socket.data = { username, userID: randomUUID() };
  next();
});

io.on('connection', (socket) => {
  const { userID, username } = socket.data;
  socket.join(userID);
  socket.emit('session', { userID });
  socket.on('private message', (message: { to?: unknown; content?: unknown } | undefined) => {
    const { to, content } = message ?? {};
    if (typeof to === 'string') socket.to(to).emit('private message', { from: username, content });
  });
});

http.listen(Number(process.env.PORT ?? 3000), '127.0.0.1');
