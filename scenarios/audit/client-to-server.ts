import type { Socket } from 'socket.io-client';
import type { CaseLab } from '../cases/case-lab.ts';
import type { Experiment } from './experiment.ts';

/** What a client sends: two before its link falls silent, two into the silence, two while it has none, two when it is back. */
const numbers = [1, 2, 3, 4, 5, 6, 7, 8];
const ACK_MS = 300;
const GAP_MS = 40;

interface Policy {
  readonly name: string;
  readonly promised: Experiment['promised'];
  readonly options: object;
  /** Sends a number; what it returns is done with the client once it is back. */
  readonly sender: (client: Socket) => { readonly send: (n: number) => void; readonly isBack?: () => void };
}

const policies: readonly Policy[] = [
  {
    name: 'buffer (emit)',
    promised: 'no',
    options: {},
    sender: (client) => ({ send: (n) => client.emit('order', n) }),
  },
  {
    name: 'drop (volatile)',
    promised: 'no',
    options: {},
    sender: (client) => ({ send: (n) => client.volatile.emit('order', n) }),
  },
  {
    name: 'hold (resend what was not acknowledged)',
    promised: 'unsaid',
    options: {},
    sender: (client) => {
      const open = new Set<number>();
      const send = (n: number) => {
        open.add(n);
        if (client.connected) client.timeout(ACK_MS).emit('order', n, (late: Error | null) => late ?? open.delete(n));
      };
      return { send, isBack: () => [...open].forEach(send) };
    },
  },
  {
    name: 'retries and ackTimeout',
    promised: 'yes',
    options: { retries: 10, ackTimeout: ACK_MS },
    sender: (client) => ({ send: (n) => client.emit('order', n) }),
  },
];

/** Whether what a client sends arrives although its link is lost meanwhile: an experiment for each policy. */
export const clientToServer: readonly Experiment[] = policies.map((policy) => ({
  topic: 'toServer',
  subject: policy.name,
  event: "the client's link falls silent, and is lost",
  promised: policy.promised,
  look: (lab) => sendAround(lab, policy),
}));

async function sendAround(lab: CaseLab, { options, sender }: Policy) {
  const { io, url } = await lab.server({ connectionStateRecovery: {} });
  const received: number[] = [];
  io.on('connection', (socket) => {
    socket.emit('hello');
    socket.on('order', (n: number, answer?: unknown) => {
      received.push(n);
      if (typeof answer === 'function') answer();
    });
  });
  const link = await lab.link(url);
  const client = await lab.client(link.url, options);
  const { send, isBack } = sender(client);
  const sendTwo = async (from: number) => {
    for (const n of numbers.slice(from, from + 2)) {
      send(n);
      await lab.settle(GAP_MS);
    }
  };
  await sendTwo(0);
  await lab.until('what was sent first arrives', () => received.length >= 2);
  link.set({ kind: 'blackhole', touches: 'open' });
  await sendTwo(2);
  client.io.reconnection(false);
  client.io.engine.close();
  await lab.until('the client has lost its link', () => !client.connected);
  await sendTwo(4);
  client.io.reconnection(true);
  client.connect();
  await lab.until('the client is back', () => client.connected);
  isBack?.();
  await sendTwo(6);
  await lab.settle(2 * ACK_MS);
  isBack?.();
  await lab.settle(2 * ACK_MS);
  return account(received);
}

function account(received: readonly number[]) {
  const missing = numbers.filter((n) => !received.includes(n));
  const again = numbers.filter((n) => received.filter((one) => one === n).length > 1);
  const firsts = numbers.filter((n) => received.includes(n)).sort((a, b) => received.indexOf(a) - received.indexOf(b));
  const isInOrder = firsts.every((n, i) => i === 0 || firsts[i - 1]! < n);
  const told = [
    `${numbers.length - missing.length} of ${numbers.length} arrived`,
    ...(again.length > 0 ? [`${again.length} of them more than once`] : []),
    ...(missing.length > 0 ? [`never: ${missing.map(whenSent).filter(once).join(', ')}`] : []),
    ...(isInOrder ? [] : ['out of order']),
  ];
  return { held: missing.length === 0 && again.length === 0 && isInOrder, evidence: `${told.join('; ')}.` };
}

/** When a number was sent, in words. */
function whenSent(n: number): string {
  return n <= 2 ? 'before' : n <= 4 ? 'into the silence' : n <= 6 ? 'while disconnected' : 'afterwards';
}

function once(word: string, at: number, words: readonly string[]): boolean {
  return words.indexOf(word) === at;
}
