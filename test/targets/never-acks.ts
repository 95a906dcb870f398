import type { Target } from './target.ts';

/** Broadcasts every message, the closing calls too, and acknowledges none. */
export const neverAcks: Target = (server) => {
  server.spoilsClosingCalls = true;
  return (message) => server.broadcast(message);
};
