import type { EngineSocket } from './engine-socket.ts';

interface OnceOptions {
  readonly timeoutMs: number;
  /** Ends the wait. */
  readonly signal: AbortSignal;
}

/** The arguments of the next such event; undefined where it does not come in time. */
export function once(
  socket: EngineSocket,
  event: string,
  { timeoutMs, signal }: OnceOptions,
): Promise<readonly unknown[] | undefined> {
  return new Promise((resolve) => {
    const end = (args: readonly unknown[] | undefined) => {
      clearTimeout(timer);
      signal.removeEventListener('abort', late);
      socket.off(event, listener);
      resolve(args);
    };
    const late = () => end(undefined);
    const listener = (...args: unknown[]) => end(args);
    const timer = setTimeout(late, timeoutMs);
    signal.addEventListener('abort', late);
    socket.on(event, listener);
  });
}
