import type { Server } from 'socket.io';

/**
 * Closes connections whose client left the namespace and has not come back after `afterMs`. Socket.IO itself closes only
 * those that never came.
 */
export function closeDeserted(io: Server, afterMs: number): void {
  const inside = new WeakSet<object>();
  io.on('connection', (socket) => {
    const { conn } = socket;
    inside.add(conn);
    socket.once('disconnect', () => {
      inside.delete(conn);
      if (conn.readyState !== 'open') return;
      const close = () => {
        if (!inside.has(conn)) conn.close();
      };
      const timer = setTimeout(close, afterMs).unref();
      conn.once('close', () => clearTimeout(timer));
    });
  });
}
