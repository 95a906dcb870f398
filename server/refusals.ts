/**
 * Why the server said no:
 *
 *     origin host         the request's Origin or Host is not one of ours
 *     closing             a handshake while it shuts down
 *     full address        more connections than it takes, in total or from one address
 *     invalid tooLong     what was sent is not what was expected
 *     notJoined rate      a message into a room the sender is not in, or too fast
 *     name members rooms  a name that somebody bears already, a full room, too many rooms
 *     vitals              a request for the vitals from elsewhere
 *     internal            a request that made a handler throw
 */
export const refusalReasons = [
  'origin',
  'host',
  'closing',
  'full',
  'address',
  'invalid',
  'tooLong',
  'notJoined',
  'rate',
  'name',
  'members',
  'rooms',
  'vitals',
  'internal',
] as const;

export type Refusal = (typeof refusalReasons)[number];

/** How often the server said no, by reason, since it started. */
export type Refusals = Record<Refusal, number>;

/** Counts from zero. */
export function noRefusals(): Refusals {
  return Object.fromEntries(refusalReasons.map((reason) => [reason, 0])) as Refusals;
}
