import type { Diagnosis, Patient } from '../diagnosis.ts';
import { type HandshakeOutcome, shakeHands } from '../handshake.ts';

const STRANGER = 'https://somewhere-else.invalid';

/** Whom the server lets in by the Origin of the page that a client comes from. */
export async function checkOrigin(patient: Patient): Promise<Diagnosis[]> {
  const { origin } = patient.target;
  const [without, own, strange] = await Promise.all([
    shakeHands(patient),
    shakeHands(patient, { headers: { Origin: origin } }),
    shakeHands(patient, { headers: { Origin: STRANGER } }),
  ]);
  if (without.kind !== 'opened' && own.kind === 'opened') {
    return [
      {
        id: 'origin-wanted',
        severity: 'problem',
        seen: 'The server opens no session without an Origin header, and one with its own.',
        means: 'Clients that are no browsers, bots among them, are turned away.',
        remedy: `Set \`headers: { Origin: ${origin} }\` in the dialect.`,
        dialect: { headers: { Origin: origin } },
      },
    ];
  }
  if (own.kind !== 'opened') return [];
  if (strange.kind !== 'opened') {
    return [
      {
        id: 'origin-checked',
        severity: 'good',
        seen: 'The server refuses a session to a page from a foreign origin.',
        means: 'Other sites cannot connect for their visitors.',
        remedy: null,
      },
    ];
  }
  const allowed = allowedBy(strange);
  if (allowed === '*' || allowed === STRANGER) {
    return [
      {
        id: 'origin-any',
        severity: 'note',
        seen: `The server allows every origin (Access-Control-Allow-Origin: ${allowed}).`,
        means: 'Any site can connect for its visitors, with their cookies where credentials are allowed.',
        remedy: 'Name your own origins in `cors.origin`, unless that is wanted.',
      },
    ];
  }
  return [
    {
      id: 'origin-unchecked',
      severity: 'note',
      seen: `A page from a foreign origin gets a session, without being allowed to read it (Access-Control-Allow-Origin: ${allowed ?? 'none'}).`,
      means: 'Browsers block long polling from there, but not WebSocket: a foreign site can connect for its visitors.',
      remedy: 'Check the Origin in `allowRequest`, if connections carry cookies.',
    },
  ];
}

function allowedBy(outcome: HandshakeOutcome): string | undefined {
  return outcome.kind === 'opened' ? outcome.answer.headers['access-control-allow-origin'] : undefined;
}
