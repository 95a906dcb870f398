import type { Handshake } from '../bots/chat-socket.ts';
import { ConnectError, connectOnce } from '../bots/connect-once.ts';
import { redacted } from '../bots/identity/user-identity.ts';
import { connectorOf } from '../bots/socketio/socketio-connection.ts';
import type { Diagnosis, Patient } from './diagnosis.ts';
import { type HandshakeOutcome, shakeHands } from './handshake.ts';

const CONNECT_MS = 5000;
/** A login that is not answered fails by itself first. */
const LOGIN_MS = 10_000;
/** Where Socket.IO often is, if not at the default. */
const OTHER_PATHS = ['/socket.io/', '/ws/', '/api/socket.io/', '/chat/socket.io/', '/realtime/', '/socket/'];
const OTHER_NAMESPACES = ['/chat', '/'];

/** What came of connecting as the dialect says: how soon silence is noticed, or why there is no way in. */
export type Door =
  | { readonly isOpen: true; readonly handshake: Handshake | undefined }
  | { readonly isOpen: false; readonly diagnosis: Diagnosis };

/** Connects as the dialect's first user. Rejects with a UsageError where what the dialect names cannot be read. */
export async function openDoor(patient: Patient): Promise<Door> {
  const { target, dialect, secrets } = patient;
  const connect = await connectorOf(dialect, target.href, secrets);
  try {
    const timeoutMs = CONNECT_MS + (dialect.login ? LOGIN_MS : 0);
    return { isOpen: true, handshake: await connectOnce(connect(0, { url: target.href }), timeoutMs) };
  } catch (error) {
    if (!(error instanceof ConnectError)) throw error;
    const found = await diagnose(patient, error);
    const safe = (text: string) => redacted(text, secrets);
    return { isOpen: false, diagnosis: { ...found, seen: safe(found.seen) } };
  }
}

/** Why nobody gets in. */
async function diagnose(patient: Patient, { message, answered }: ConnectError): Promise<Diagnosis> {
  if (/^(login|credentials|users): /.test(message)) {
    return problem('login-failed', `The first user could not log in (${message}).`, {
      means: 'Without its credentials no user can connect.',
      remedy: 'Check `login`, `users` or `credentials` in the dialect.',
    });
  }
  const handshake = await shakeHands(patient);
  if (handshake.kind === 'opened') return ofNamespace(patient, message, answered);
  return ofHandshake(patient, handshake, message);
}

/** A session can be had, but no connection: it is the namespace that says no, or the transport. */
async function ofNamespace(patient: Patient, message: string, answered: boolean): Promise<Diagnosis> {
  const { dialect, target } = patient;
  if (message === 'Invalid namespace') {
    const other = await firstOf(OTHER_NAMESPACES, async (namespace) => {
      if (namespace === dialect.namespace) return false;
      return connects({ ...patient, dialect: { ...dialect, namespace } });
    });
    return problem('namespace-unknown', `The server has no namespace ${dialect.namespace}.`, {
      means: 'Nobody can connect there.',
      remedy: other
        ? `It has the namespace ${other}: set \`namespace: ${other}\` in the dialect.`
        : 'Set `namespace` in the dialect to the one that your clients connect to.',
      ...(other && { dialect: { namespace: other } }),
    });
  }
  if (/^xhr (post|poll) error/.test(message)) {
    return problem('session-lost', `A session opens, but the next request of it is refused (${message}).`, {
      means: 'Requests of one client reach different nodes, or something between changes them.',
      remedy:
        'Make the balancer sticky, set `cookies: true` in the dialect, or connect with `transports: [websocket]`.',
    });
  }
  if (answered) {
    return problem('auth-refused', `The server opened a session, but refused the connection: «${message}».`, {
      means: 'A middleware of the server wants something that the dialect does not send.',
      remedy: 'Set `auth` in the dialect (or `headers`, `query`, `login`) to what your clients send.',
    });
  }
  return problem('no-connection', `A session opens at ${target.origin}, but no connection follows (${message}).`, {
    means: 'Something between here and the server, or the server itself, stops what comes after the handshake.',
    remedy: 'Check `transports` and `parser` in the dialect, and the proxies before the server.',
  });
}

async function ofHandshake(patient: Patient, handshake: HandshakeOutcome, message: string): Promise<Diagnosis> {
  const { origin } = patient.target;
  switch (handshake.kind) {
    case 'failed':
      if (handshake.message.startsWith('no answer')) return ofAnswer(patient, undefined);
      return ofFailure(patient.target, handshake.code, handshake.message);
    case 'engine3':
      return problem(
        'socket-io-2',
        `${origin} speaks Engine.IO 3 (Socket.IO 2 or older); chatstorm speaks Engine.IO 4.`,
        {
          means: 'Clients of Socket.IO 3 and 4 cannot connect to it.',
          remedy: 'Upgrade the server to Socket.IO 3 or later.',
        },
      );
    case 'refused':
      return ofRefusal(patient, handshake.code, handshake.message, message);
    default:
      return ofAnswer(patient, handshake.answer.status);
  }
}

/** Engine.IO's own refusals, by its codes. */
function ofRefusal({ dialect }: Patient, code: number, text: string, why: string): Diagnosis {
  if (code === 0 && !dialect.transports) {
    return problem('polling-refused', `The server refuses long polling («${text}»).`, {
      means: 'It allows WebSocket only: clients behind networks that block it cannot connect.',
      remedy: 'Set `transports: [websocket]` in the dialect.',
      dialect: { transports: ['websocket'] },
    });
  }
  if (code === 4) {
    return problem('forbidden', `The server refuses the handshake («${text}»).`, {
      means: 'Its `allowRequest` turned the request away: often for the Origin, a cookie or an API key.',
      remedy:
        'Set `headers`, `query` or `cookies` in the dialect to what your clients send, such as `headers: { Origin: https://chat.example.com }`.',
    });
  }
  return problem('handshake-refused', `The server refuses the handshake («${text}», then «${why}»).`, {
    means: 'Nobody can connect this way.',
    remedy: 'Check `path`, `transports` and `query` in the dialect.',
  });
}

/** An answer that is none of Socket.IO's: the wrong path, or somebody before it who says no. */
async function ofAnswer(patient: Patient, status: number | undefined): Promise<Diagnosis> {
  const { dialect, target } = patient;
  if (status === 401 || status === 403 || status === 407) {
    return problem('http-refused', `The server answers the handshake with HTTP ${status}.`, {
      means: 'It, or a proxy before it, wants credentials with the request itself.',
      remedy:
        'Give them in the address (https://user:password@host), or set `headers`, `query`, `cookies` or `login` in the dialect.',
    });
  }
  if (status !== undefined && (status === 429 || status >= 500)) {
    return problem('http-busy', `The server answers the handshake with HTTP ${status}.`, {
      means: status === 429 ? 'It limits how often one address may connect.' : 'It is not able to answer now.',
      remedy:
        status === 429 ? 'Lift the limit for this machine.' : 'Look into its log, and that of the proxies before it.',
    });
  }
  const other = await firstOf(OTHER_PATHS, async (path) => {
    if (path === dialect.path) return false;
    return ['opened', 'engine3', 'refused'].includes((await shakeHands(patient, { path })).kind);
  });
  return problem(
    'not-socket-io',
    status === undefined
      ? `${target.origin} takes connections, but does not answer at ${dialect.path}.`
      : `${target.origin}${dialect.path} answers with HTTP ${status}, and not as Socket.IO does.`,
    {
      means: 'There is no Socket.IO server at this path.',
      remedy: other
        ? `There is one at ${other}: set \`path: ${other}\` in the dialect.`
        : 'Set `path` in the dialect to the one that your clients use; check the port.',
      ...(other && { dialect: { path: other } }),
    },
  );
}

function ofFailure({ origin, protocol }: URL, code: string, message: string): Diagnosis {
  if (/CERT|SELF_SIGNED|UNABLE_TO|ALTNAME|ISSUER/.test(code)) {
    return problem('certificate', `The certificate of ${origin} is not trusted (${message}).`, {
      means: 'Clients refuse the connection unless they are told to trust it.',
      remedy: 'Set `tls: { ca: FILE }` in the dialect to the certificate that signed it, or `tls: { insecure: true }`.',
    });
  }
  if (protocol === 'https:' && (code === 'EPROTO' || /wrong version number|packet length/i.test(message))) {
    return problem('no-tls', `${origin} does not speak TLS.`, {
      means: 'It is an http server.',
      remedy: `Use ${origin.replace('https:', 'http:')}.`,
    });
  }
  if (protocol === 'http:' && /^HPE_|ECONNRESET/.test(code)) {
    return problem('tls-wanted', `${origin} ends plain HTTP requests without an answer (${message}).`, {
      means: 'It may speak TLS only.',
      remedy: `Try ${origin.replace('http:', 'https:')}.`,
    });
  }
  return problem('unreachable', `Nothing answers at ${origin} (${message}).`, {
    means: 'The server is not running, or a firewall is between.',
    remedy: 'Check the address, and that the server is running.',
  });
}

async function connects({ target, dialect, secrets }: Patient): Promise<boolean> {
  const connect = await connectorOf(dialect, target.href, secrets);
  return connectOnce(connect(0, { url: target.href }), CONNECT_MS).then(
    () => true,
    () => false,
  );
}

/** The first of the candidates that is right; all are tried at once. */
async function firstOf(candidates: readonly string[], isRight: (one: string) => Promise<boolean>) {
  const right = await Promise.all(candidates.map(isRight));
  return candidates.find((_, i) => right[i]);
}

function problem(id: string, seen: string, rest: Pick<Diagnosis, 'means' | 'remedy' | 'dialect'>): Diagnosis {
  return { id, severity: 'problem', seen, ...rest };
}
