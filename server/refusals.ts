/**
 * Why the server said no. `closing` is a handshake while it shuts down, `rooms` one socket in too many rooms, `internal`
 * a request that made a handler throw.
 */
export type Refusal =
  | 'origin'
  | 'host'
  | 'closing'
  | 'invalid'
  | 'tooLong'
  | 'notJoined'
  | 'rate'
  | 'rooms'
  | 'vitals'
  | 'internal';

/** How often the server said no, by reason, since it started. */
export type Refusals = Record<Refusal, number>;

/** Counts from zero. */
export function noRefusals(): Refusals {
  return {
    origin: 0,
    host: 0,
    closing: 0,
    invalid: 0,
    tooLong: 0,
    notJoined: 0,
    rate: 0,
    rooms: 0,
    vitals: 0,
    internal: 0,
  };
}
