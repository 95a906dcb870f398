import type { ChatConnection, Heartbeat, LinkChange } from './chat-socket.ts';

/** Why a target could not be connected to; `answered` says whether it said no, rather than nothing. */
export class ConnectError extends Error {
  readonly answered: boolean;

  constructor(reason: string, answered: boolean) {
    super(reason);
    this.answered = answered;
  }
}

/** Connects once and closes the connection again; how soon a silent link is noticed there. Rejects with a ConnectError where that fails, or takes over `timeoutMs`. */
export async function connectOnce(connection: ChatConnection, timeoutMs: number): Promise<Heartbeat | undefined> {
  const { promise, resolve, reject } = Promise.withResolvers<Heartbeat | undefined>();
  let heartbeat: Heartbeat | undefined;
  const timer = setTimeout(() => reject(new ConnectError(`no answer within ${timeoutMs / 1000} s`, false)), timeoutMs);
  connection.watch((change: LinkChange) => {
    if (change.kind === 'opened') heartbeat = change.heartbeat;
    if (change.kind === 'connected') resolve(heartbeat);
    if (change.kind === 'connectFailed') reject(new ConnectError(change.reason, change.answered));
  });
  connection.connect();
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    connection.close();
  }
}
