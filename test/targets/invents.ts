import { type TokenFields, TokenReader, writeToken } from '../../measure/ledger/token.ts';
import type { Target } from './target.ts';

const EVERY = 20;
const FAR = 1_000_000;

/** What was never said: by a sender who says little, by one who says nothing, by one who is not there, in rooms that are not. */
const inventions: readonly ((genuine: TokenFields) => Partial<TokenFields>)[] = [
  ({ seq }) => ({ seq: seq + FAR }),
  ({ sender }) => ({ sender: sender + 3 }),
  () => ({ sender: FAR }),
  () => ({ room: FAR }),
  () => ({ sender: 0, room: 3 }),
];

/** Sends a well-formed message that nobody has said behind one in twenty. Counts `invented` deliveries. */
export const invents: Target = (server) => {
  const token = new TokenReader();
  let number = 0;
  return (message) => {
    server.broadcast(message);
    message.acknowledge();
    if (++number % EVERY !== 0) return;
    token.read(message.text);
    const { kind, run, clock, sender, room, seq, dueUs } = token;
    const genuine: TokenFields = { kind, run, clock, sender, room, seq, dueUs };
    const invention = inventions[(number / EVERY) % inventions.length]!;
    server.count('invented', message.recipients.length);
    server.broadcast({ ...message, text: writeToken('you never heard this', { ...genuine, ...invention(genuine) }) });
  };
};
