import { authOf } from '../../bots/socketio/client-options.ts';
import type { Diagnosis, Patient } from '../diagnosis.ts';
import { cookiesOf, type OpenPacket, poll, shakeHands } from '../handshake.ts';

/** From here on a dead link is noticed late, ms. */
const SLOW_MS = 30_000;
/** A body under this size is not compressed by Engine.IO. */
const LONG_BODY = 1200;

/** What a session is like: how soon silence is noticed, how much it takes, and whether it can be recovered. */
export async function checkSession(patient: Patient): Promise<Diagnosis[]> {
  const handshake = await shakeHands(patient);
  if (handshake.kind !== 'opened') return [];
  const { open, answer } = handshake;
  return [heartbeat(open), payload(open), ...(await recovery(patient, open, cookiesOf(answer)))];
}

function heartbeat({ pingInterval, pingTimeout }: OpenPacket): Diagnosis {
  const after = pingInterval + pingTimeout;
  const seen = `Pings come every ${pingInterval / 1000} s, and may be missed for ${pingTimeout / 1000} s.`;
  const means = `A link that falls silent is noticed after at most ${after / 1000} s.`;
  if (after < SLOW_MS) return { id: 'heartbeat', severity: 'good', seen, means, remedy: null };
  return {
    id: 'slow-heartbeat',
    severity: 'note',
    seen,
    means: `${means} Until then a user sees nothing, and does not know.`,
    remedy: 'Lower `pingInterval` and `pingTimeout`; run reconnect with `--fit-heartbeat` to test what there is.',
  };
}

function payload({ maxPayload }: OpenPacket): Diagnosis {
  return {
    id: 'max-payload',
    severity: 'good',
    seen:
      maxPayload === undefined
        ? 'The server does not say how much it takes at once.'
        : `The server takes at most ${maxPayload.toLocaleString('en-US')} bytes at once.`,
    means: 'A longer message ends the connection.',
    remedy: null,
  };
}

/** Recovery shows in the answer to CONNECT: a private id beside the public one. */
async function recovery(patient: Patient, { sid }: OpenPacket, cookie: string): Promise<Diagnosis[]> {
  const namespace = patient.dialect.namespace === '/' ? '' : `${patient.dialect.namespace},`;
  try {
    const auth = authOf(patient.dialect)(patient.identity?.blanks ?? {});
    await poll(patient, { query: { sid }, cookie, body: `40${namespace}${JSON.stringify(auth)}` });
    const accepting = { 'Accept-Encoding': 'gzip, br' };
    const { text, headers } = await poll(patient, { query: { sid }, cookie, headers: accepting });
    await poll(patient, { query: { sid }, cookie, body: '1' });
    const isLong = text.length > LONG_BODY;
    const encoding = headers['content-encoding'];
    const compressed: Diagnosis[] = isLong
      ? [
          {
            id: encoding ? 'compressed' : 'not-compressed',
            severity: 'note',
            seen: encoding ? `Long answers are compressed (${encoding}).` : 'Long answers are not compressed.',
            means: encoding ? 'That saves bytes and costs CPU.' : 'That saves CPU and costs bytes.',
            remedy: null,
          },
        ]
      : [];
    if (!text.startsWith('40')) return compressed;
    if (text.includes('"pid":')) {
      const means = 'A client that is back within the time of the server gets what it missed.';
      return [
        ...compressed,
        { id: 'recovery', severity: 'good', seen: 'The server recovers sessions.', means, remedy: null },
      ];
    }
    return [
      ...compressed,
      {
        id: 'no-recovery',
        severity: 'note',
        seen: 'The server does not recover sessions.',
        means: 'What is sent while a client is away is missed, unless the client asks for it itself.',
        remedy: 'Set `connectionStateRecovery`, or send the history when a client comes back.',
      },
    ];
  } catch {
    return [];
  }
}
