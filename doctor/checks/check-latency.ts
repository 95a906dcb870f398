import { ChatClient } from '../../bots/chat-client.ts';
import { connectOnce } from '../../bots/connect-once.ts';
import { connectorOf } from '../../bots/socketio/socketio-connection.ts';
import type { Diagnosis, Patient } from '../diagnosis.ts';
import { shakeHands } from '../handshake.ts';
import { medianOf, round } from '../sentences.ts';

const TIMES = 5;
const WAIT_MS = 5000;
/** A clock that is further off shows in timestamps, ms; the Date header has whole seconds. */
const CLOCK_MS = 2000;

/** How long it takes to connect, and whether the clocks agree. */
export async function checkLatency(patient: Patient): Promise<Diagnosis[]> {
  const { target, dialect, secrets } = patient;
  const connect = await connectorOf(dialect, target.href, secrets);
  const times: number[] = [];
  for (let i = 0; i < TIMES; i++) {
    const startedAt = performance.now();
    const isUp = await connectOnce(connect(0, { url: target.href }), WAIT_MS).then(
      () => true,
      () => false,
    );
    if (isUp) times.push(performance.now() - startedAt);
  }
  const median = medianOf(times);
  if (median === undefined) return [];
  const connecting: Diagnosis = {
    id: 'connect-time',
    severity: 'good',
    seen: `A connection takes ${round(median)} ms (the median of ${times.length}, ${round(Math.max(...times))} ms at most).`,
    means: 'That is what a user waits for at least.',
    remedy: null,
  };
  return [connecting, ...(await checkAck(patient)), ...(await checkClock(patient))];
}

/** How long an ack takes, where the dialect says how to ask for one. */
async function checkAck({ target, dialect, secrets }: Patient): Promise<Diagnosis[]> {
  if (dialect.send === 'none' || !dialect.send.ack) return [];
  const connect = await connectorOf(dialect, target.href, secrets);
  const connection = connect(0, { url: target.href });
  const client = new ChatClient(connection, dialect, () => {});
  const blanks = { room: 'doctor', name: 'doctor', n: '0', text: 'doctor' };
  const times: number[] = [];
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, WAIT_MS);
    const done = () => {
      clearTimeout(timer);
      resolve();
    };
    const ask = () => {
      const askedAt = performance.now();
      client.send(blanks, ({ outcome }) => {
        if (outcome === 'ok') times.push(performance.now() - askedAt);
        if (outcome === 'ok' && times.length < TIMES) ask();
        else done();
      });
    };
    connection.watch(({ kind }) => {
      if (kind === 'connected') client.join(blanks, false, (answer) => (answer.outcome === 'ok' ? ask() : done()));
      if (kind === 'connectFailed') done();
    });
    connection.connect();
  });
  client.close();
  connection.close();
  const median = medianOf(times);
  if (median === undefined) {
    const seen = `A message (\`${dialect.send.emit}\`) was not acknowledged.`;
    const means = 'The dialect says that the server acknowledges it; a run would count it as unconfirmed.';
    return [{ id: 'no-ack', severity: 'problem', seen, means, remedy: 'Check `send` in the dialect, and `join`.' }];
  }
  const seen = `An ack takes ${round(median)} ms (the median of ${times.length}).`;
  return [{ id: 'ack-time', severity: 'good', seen, means: 'That is a round trip through the chat.', remedy: null }];
}

async function checkClock(patient: Patient): Promise<Diagnosis[]> {
  const askedAt = Date.now();
  const handshake = await shakeHands(patient);
  const told = Date.parse('answer' in handshake ? (handshake.answer.headers.date ?? '') : '');
  const offMs = told - (askedAt + Date.now()) / 2;
  if (Number.isNaN(offMs) || Math.abs(offMs) <= CLOCK_MS) return [];
  return [
    {
      id: 'clock-off',
      severity: 'note',
      seen: `The server's clock is ${(Math.abs(offMs) / 1000).toFixed(0)} s ${offMs > 0 ? 'ahead of' : 'behind'} this machine's.`,
      means: 'Times that the server puts into messages (`sentAt`) give wrong latencies.',
      remedy: 'Set both clocks by NTP.',
    },
  ];
}
