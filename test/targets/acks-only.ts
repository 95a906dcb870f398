import type { Target } from './target.ts';

/** Acknowledges every message, the closing calls too, and broadcasts none. */
export const acksOnly: Target = (server) => {
  server.spoilsClosingCalls = true;
  return (message) => message.acknowledge();
};
