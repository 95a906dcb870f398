import type { ChatConnection, Handshake, LinkChange } from './chat-socket.ts';

/** Why a target could not be connected to; `answered` says whether it said no, rather than nothing. */
export class ConnectError extends Error {
  readonly answered: boolean;

  constructor(reason: string, answered: boolean) {
    super(reason);
    this.answered = answered;
  }
}

/** Connects once and closes the connection again; how soon a silent link is noticed there. Rejects with a ConnectError where that fails, or takes over `timeoutMs`. */
export async function connectOnce(connection: ChatConnection, timeoutMs: number): Promise<Handshake | undefined> {
  const { promise, resolve, reject } = Promise.withResolvers<Handshake | undefined>();
  let handshake: Handshake | undefined;
  const timer = setTimeout(() => reject(new ConnectError(`no answer within ${timeoutMs / 1000} s`, false)), timeoutMs);
  connection.watch((change: LinkChange) => {
    if (change.kind === 'opened') handshake = change.handshake;
    if (change.kind === 'connected') resolve(handshake);
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
