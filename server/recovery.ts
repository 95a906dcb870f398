import type { Server } from 'socket.io';

/** What Socket.IO's in-memory adapter keeps so that sessions can be recovered, for two minutes and without a bound. */
interface RecoveryStore {
  readonly packets?: unknown[];
  readonly sessions?: Map<string, unknown>;
}

/**
 * Lets connection state recovery bring a session back only while no link holds it. Socket.IO keeps a session after it was
 * recovered: a client whose link is half-open would recover it a second time, and when the server noticed the end of the
 * old link, the new one, of the same socket id, would be taken out of its rooms. It is a new session instead.
 */
export function recoverOnce(io: Server): void {
  const { adapter, sockets } = io.of('/');
  // Before 4.6 there was no recovery.
  const restore = adapter.restoreSession?.bind(adapter);
  if (!restore) return;
  adapter.restoreSession = async (pid, offset) => {
    const session = await restore(pid, offset);
    // The declared type leaves out that there may be none.
    return session && sockets.has(session.sid) ? (undefined as never) : session;
  };
}

/** Forgets the oldest of what is kept for recovery where it is more than this: who needed it has a new session. */
export function boundRecovery(io: Server, most: { readonly packets: number; readonly sessions: number }): void {
  const { packets, sessions } = io.of('/').adapter as unknown as RecoveryStore;
  if (packets && packets.length > most.packets) packets.splice(0, packets.length - most.packets);
  for (const session of sessions?.keys() ?? []) {
    if (sessions!.size <= most.sessions) return;
    sessions!.delete(session);
  }
}
