/** The transports of Socket.IO, by the number that stands for them where no string may be made. */
export const transports = ['polling', 'websocket', 'webtransport'] as const;

/** The number of a transport in {@link transports}; the first where there is none of that name. */
export function transportNumber(name: string): number {
  return Math.max(0, (transports as readonly string[]).indexOf(name));
}
