/** Main of a load generator whose connections are those of a client behind the chat socket port. Argument: the client. */

import type { ChatConnection } from '../../bots/chat-socket.ts';
import { rooms as dialect } from '../../bots/dialect/built-in.ts';
import { clients } from './clients.ts';
import { Ears, readOrder } from './ears.ts';

const TICK_MS = 5;

const order = readOrder();
const { url, transport, load, localAddresses } = order;
const connect = await clients[process.argv[2]!]!(dialect, url, [], { localAddresses });
const connections: ChatConnection[] = [];
const ears = new Ears(order, grow);

/** Connects at the wanted rate until there are so many. */
function grow(wanted: number): void {
  const from = performance.now();
  const before = connections.length;
  const timer = setInterval(() => {
    const due = before + ((performance.now() - from) / 1000) * load.arrivalsPerSecond;
    while (connections.length < Math.min(due, wanted)) open();
    if (connections.length >= wanted) clearInterval(timer);
  }, TICK_MS);
}

function open(): void {
  const connection = connect(connections.length, { url }, { transports: [transport] });
  connections.push(connection);
  connection.on('message', ears.listener());
  connection.watch((change) => {
    if ('reason' in change) fail(`Connection ${change.kind}: ${change.reason}`);
  });
  connection.connect();
}

function fail(why: string): void {
  console.error(why);
  process.exit(1);
}
