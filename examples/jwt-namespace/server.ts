/** A chat with rooms in the namespace /chat, for those who logged in: POST /login gives a JWT, which the connection carries. */

import { createHmac, timingSafeEqual } from 'node:crypto';
import express from 'express';
import { Server } from 'socket.io';

const secret = process.env.JWT_SECRET ?? 'only for this example';

const app = express();
app.post('/login', express.json(), (request, response) => {
  const { name, password } = request.body as { name?: unknown; password?: unknown };
  if (typeof name !== 'string' || password !== `${name}-password`) return void response.status(401).end();
  response.json({ token: sign({ name }) });
});

const http = app.listen(Number(process.env.PORT ?? 3000), '127.0.0.1');
const chat = new Server(http).of('/chat');

chat.use((socket, next) => {
  const user = verify(socket.handshake.auth.token);
  if (!user) return next(new Error('unauthorized'));
  socket.data.name = user.name;
  next();
});

chat.on('connection', (socket) => {
  // A client may send anything: what is not as agreed is left alone.
  socket.on('join', async (room: unknown, done: unknown) => {
    if (typeof room !== 'string' || typeof done !== 'function') return;
    await socket.join(room);
    done({ ok: true });
  });
  socket.on('say', (room: unknown, text: unknown, done: unknown) => {
    if (typeof room !== 'string' || typeof done !== 'function') return;
    chat.to(room).emit('said', { from: socket.data.name, text });
    done({ ok: true });
  });
});

function sign(payload: object): string {
  const body = [{ alg: 'HS256', typ: 'JWT' }, payload].map((part) => base64(JSON.stringify(part))).join('.');
  return `${body}.${signature(body)}`;
}

function verify(token: unknown): { name: string } | undefined {
  const [head, payload, given] = String(token).split('.');
  if (!head || !payload || !given) return undefined;
  const right = Buffer.from(signature(`${head}.${payload}`));
  const isRight = right.length === given.length && timingSafeEqual(right, Buffer.from(given));
  return isRight ? JSON.parse(Buffer.from(payload, 'base64url').toString()) : undefined;
}

function signature(body: string): string {
  return createHmac('sha256', secret).update(body).digest('base64url');
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64url');
}
