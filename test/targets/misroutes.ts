import type { Target } from './target.ts';

const EVERY = 20;

/** Sends one message in twenty to the other rooms as well. Counts the deliveries that were `misrouted`. */
export const misroutes: Target = (server) => {
  let number = 0;
  return (message) => {
    server.broadcast(message);
    message.acknowledge();
    if (++number % EVERY !== 0) return;
    for (const room of server.rooms.filter((other) => other !== message.room)) {
      const recipients = server.membersOf(room);
      server.count('misrouted', recipients.length);
      server.broadcast({ ...message, recipients });
    }
  };
};
