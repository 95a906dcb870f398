import type { LinkChange } from '../../bots/chat-socket.ts';
import { connectorOf } from '../../bots/socketio/socketio-connection.ts';
import type { Diagnosis, Patient } from '../diagnosis.ts';
import { round } from '../sentences.ts';

const WAIT_MS = 5000;

/** Which transports get through, alone and by upgrade, and how long that takes. */
export async function checkTransports(patient: Patient): Promise<Diagnosis[]> {
  const polling = await attempt(patient, ['polling']);
  const websocket = await attempt(patient, ['websocket']);
  const both = await attempt(patient, ['polling', 'websocket'], true);
  return [...ways(polling, websocket), ...upgrade(polling, websocket, both)];
}

interface Attempt {
  readonly connectedMs: number | undefined;
  readonly upgradedMs: number | undefined;
  readonly failure: string | undefined;
}

async function attempt(
  { target, dialect, secrets }: Patient,
  transports: readonly ('polling' | 'websocket')[],
  waitsForUpgrade = false,
): Promise<Attempt> {
  const connect = await connectorOf(dialect, target.href, secrets);
  const connection = connect(0, { url: target.href }, { transports });
  let [startedAt, connectedAt, upgradedAt] = [performance.now(), 0, 0];
  let failure: string | undefined;
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, WAIT_MS);
    const done = () => {
      clearTimeout(timer);
      resolve();
    };
    connection.watch((change: LinkChange) => {
      if (change.kind === 'connecting') startedAt = performance.now();
      if (change.kind === 'connected') connectedAt = performance.now();
      if (change.kind === 'upgraded') upgradedAt = performance.now();
      if (change.kind === 'upgradeFailed' || change.kind === 'connectFailed') failure = change.reason;
      if (failure || (connectedAt > 0 && (!waitsForUpgrade || upgradedAt > 0))) done();
    });
    connection.connect();
  });
  connection.close();
  return {
    connectedMs: connectedAt > 0 ? connectedAt - startedAt : undefined,
    upgradedMs: upgradedAt > 0 ? upgradedAt - startedAt : undefined,
    failure: failure ?? (connectedAt > 0 ? undefined : `no answer within ${WAIT_MS / 1000} s`),
  };
}

function ways(polling: Attempt, websocket: Attempt): Diagnosis[] {
  if (polling.connectedMs !== undefined && websocket.connectedMs !== undefined) {
    const seen = `Both transports connect: long polling in ${round(polling.connectedMs)} ms, WebSocket in ${round(websocket.connectedMs)} ms.`;
    return [{ id: 'both-transports', severity: 'good', seen, means: 'Clients get through either way.', remedy: null }];
  }
  if (polling.connectedMs !== undefined) {
    return [
      {
        id: 'no-websocket',
        severity: 'problem',
        seen: `WebSocket does not connect (${websocket.failure}); long polling does.`,
        means: 'Every client stays on long polling, which costs the server several times as much per message.',
        remedy:
          'Let the proxies before the server pass the headers Upgrade and Connection, and check `transports` of the server.',
        dialect: { transports: ['polling'] },
      },
    ];
  }
  if (websocket.connectedMs === undefined) return [];
  return [
    {
      id: 'websocket-only',
      severity: 'note',
      seen: `Long polling does not connect (${polling.failure}); WebSocket does.`,
      means: 'Users whose network blocks WebSocket are locked out.',
      remedy: 'Allow `polling` on the server, if they matter.',
      dialect: { transports: ['websocket'] },
    },
  ];
}

function upgrade(polling: Attempt, websocket: Attempt, both: Attempt): Diagnosis[] {
  if (polling.connectedMs === undefined || websocket.connectedMs === undefined) return [];
  if (both.upgradedMs !== undefined) {
    const seen = `The upgrade from polling to WebSocket is done after ${round(both.upgradedMs)} ms.`;
    return [{ id: 'upgrade', severity: 'good', seen, means: 'The default client works as it should.', remedy: null }];
  }
  return [
    {
      id: 'no-upgrade',
      severity: 'problem',
      seen: `WebSocket connects by itself, but not as an upgrade from polling (${both.failure ?? `none within ${WAIT_MS / 1000} s`}).`,
      means:
        'Clients with the default options stay on long polling; several nodes without stickiness are a common cause.',
      remedy: 'Make the balancer sticky, or connect with `transports: [websocket]`.',
      dialect: { transports: ['websocket'] },
    },
  ];
}
