import type { Server } from 'socket.io';

/**
 * Lets connection state recovery bring a session back only while no link holds it. Socket.IO keeps a session after it was
 * recovered: a client whose link is half-open would recover it a second time, and when the server noticed the end of the
 * old link, the new one, of the same socket id, would be taken out of its rooms. It is a new session instead.
 */
export function recoverOnce(io: Server): void {
  const { adapter, sockets } = io.of('/');
  const restore = adapter.restoreSession.bind(adapter);
  adapter.restoreSession = async (pid, offset) => {
    const session = await restore(pid, offset);
    // The declared type leaves out that there may be none.
    return session && sockets.has(session.sid) ? (undefined as never) : session;
  };
}
