import type { Diagnosis, Patient } from '../diagnosis.ts';
import { cookiesOf, poll, shakeHands } from '../handshake.ts';

const SESSIONS = 12;

/**
 * Whether a session is found again by requests on connections of their own, as behind a balancer: with several nodes and no
 * stickiness the second request often comes to a node that does not know it.
 */
export async function checkStickiness(patient: Patient): Promise<Diagnosis[]> {
  // One after the other: balancers that take turns must not fall into step with us.
  const tries: (Followed | undefined)[] = [];
  for (let i = 0; i < SESSIONS; i++) tries.push(await follow(patient));
  const opened = tries.filter((one) => one !== undefined);
  if (opened.length === 0) return [];
  const cookies = valuesOf(opened.flatMap((one) => one.setCookies));
  const lost = opened.filter((one) => !one.isFoundBare).length;
  const lostWithCookies = opened.filter((one) => !one.isFoundWithCookies).length;
  const nodes = Math.max(1, ...cookies.map(({ values }) => values));
  const names = cookies.map(({ name }) => name).join(', ');
  if (lost === 0) {
    const seen = `${opened.length} of ${opened.length} sessions were found again on new connections.`;
    const means = 'There is one node, or the balancer is sticky by address.';
    const found: Diagnosis = { id: 'sessions-found', severity: 'good', seen, means, remedy: null };
    return cookies.length > 0 && !patient.dialect.cookies ? [found, setsCookies(names)] : [found];
  }
  if (lostWithCookies === 0 && cookies.length > 0) {
    return [
      {
        id: 'sticky-by-cookie',
        severity: 'note',
        seen: `${lost} of ${opened.length} sessions were unknown on new connections without cookies, none with them (${names}; ${nodes} values seen).`,
        means: `The balancer is sticky by cookie before ${nodes > 1 ? `at least ${nodes} nodes` : 'several nodes'}: clients without cookies lose long polling.`,
        remedy: 'Connect with `withCredentials: true` in the browser, and set `cookies: true` in the dialect.',
        dialect: { cookies: true },
      },
    ];
  }
  return [
    {
      id: 'not-sticky',
      severity: 'problem',
      seen: `${lost} of ${opened.length} sessions were unknown on new connections («Session ID unknown»).`,
      means:
        'There are several nodes, and requests of one client reach different ones: long polling and upgrades fail.',
      remedy: 'Make the balancer sticky, or connect with `transports: [websocket]` alone.',
      dialect: { transports: ['websocket'] },
    },
  ];
}

function setsCookies(names: string): Diagnosis {
  return {
    id: 'sets-cookies',
    severity: 'note',
    seen: `The server sets cookies as it opens a session (${names}).`,
    means:
      'A browser sends them back, with every request and when it reconnects: a session of the application may hang on them.',
    remedy: 'Set `cookies: true` in the dialect, to do as browsers do.',
    dialect: { cookies: true },
  };
}

interface Followed {
  readonly setCookies: readonly string[];
  readonly isFoundBare: boolean;
  readonly isFoundWithCookies: boolean;
}

/** Opens a session and asks for it again twice, on connections of their own: without cookies, and with them. */
async function follow(patient: Patient): Promise<Followed | undefined> {
  const bare = await shakeHands(patient);
  if (bare.kind !== 'opened') return undefined;
  const isFoundBare = await isKnown(patient, bare.open.sid);
  const kept = await shakeHands(patient);
  if (kept.kind !== 'opened') return undefined;
  const setCookies = kept.answer.headers['set-cookie'] ?? [];
  return { setCookies, isFoundBare, isFoundWithCookies: await isKnown(patient, kept.open.sid, cookiesOf(kept.answer)) };
}

/** Ends the session: a node that knows it says ok, one that does not refuses. */
async function isKnown(patient: Patient, sid: string, cookie = ''): Promise<boolean> {
  const { status } = await poll(patient, { query: { sid }, cookie, body: ENGINE_CLOSE }).catch(() => ({ status: 0 }));
  return status === 200;
}

/** Engine.IO's packet that ends a session. */
const ENGINE_CLOSE = '1';

/** Cookies by name, and how many values of each there were. */
function valuesOf(lines: readonly string[]): { readonly name: string; readonly values: number }[] {
  const values = new Map<string, Set<string>>();
  for (const line of lines) {
    const [name = '', value = ''] = line.split(';')[0]!.split('=');
    if (name === 'io') continue;
    values.set(name, (values.get(name) ?? new Set()).add(value));
  }
  return [...values].map(([name, seen]) => ({ name, values: seen.size }));
}
