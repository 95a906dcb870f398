/** What a bot does with a message that is due while it is not in its room. */
export type OfflinePolicy =
  /** Keeps it in an outbox of its own, and sends it once it is in the room again. */
  | 'hold'
  /** Hands it to the client, which sends it as soon as it is connected: before any room is joined again. */
  | 'buffer'
  | 'drop';

export const offlinePolicies: readonly OfflinePolicy[] = ['hold', 'buffer', 'drop'];
