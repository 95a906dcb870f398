/** Requests that are answered by their ack: nobody else hears of them. */

import { createServer } from 'node:http';
import { Server } from 'socket.io';

const http = createServer();
const io = new Server(http);

io.on('connection', (socket) => {
  socket.on('translate', (request: { text?: unknown } | undefined, answer: unknown) => {
    if (typeof answer !== 'function') return;
    const text = request?.text;
    if (typeof text !== 'string') return answer({ error: 'text missing' });
    answer({ text: text.toUpperCase() });
  });
});

http.listen(Number(process.env.PORT ?? 3000), '127.0.0.1');
