import type { Target } from './target.ts';

const EVERY = 20;

/**
 * Sends one message in twenty to the other rooms in place of its own. Counts the `diverted` messages, the deliveries
 * that were `misrouted` and those that the messages' own rooms were `owed`.
 */
export const diverts: Target = (server) => {
  let number = 0;
  return (message) => {
    message.acknowledge();
    if (++number % EVERY !== 0) return server.broadcast(message);
    server.count('diverted');
    server.count('owed', message.recipients.length);
    for (const room of server.rooms.filter((other) => other !== message.room)) {
      const recipients = server.membersOf(room);
      server.count('misrouted', recipients.length);
      server.broadcast({ ...message, recipients });
    }
  };
};
