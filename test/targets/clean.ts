import type { Target } from './target.ts';

/** Does everything as it should. */
export const clean: Target = (server) => (message) => {
  server.broadcast(message);
  message.acknowledge();
};
