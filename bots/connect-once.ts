import type { ChatConnection, LinkChange } from './chat-socket.ts';

/** Why a target could not be connected to; `answered` says whether it said no, rather than nothing. */
export class ConnectError extends Error {
  readonly answered: boolean;

  constructor(reason: string, answered: boolean) {
    super(reason);
    this.answered = answered;
  }
}

/** Connects once and closes the connection again. Rejects with a ConnectError where that fails, or takes over `timeoutMs`. */
export async function connectOnce(connection: ChatConnection, timeoutMs: number): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const timer = setTimeout(() => reject(new ConnectError(`no answer within ${timeoutMs / 1000} s`, false)), timeoutMs);
  connection.watch((change: LinkChange) => {
    if (change.kind === 'connected') resolve();
    if (change.kind === 'connectFailed') reject(new ConnectError(change.reason, change.answered));
  });
  connection.connect();
  try {
    await promise;
  } finally {
    clearTimeout(timer);
    connection.close();
  }
}
