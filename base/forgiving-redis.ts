/** What of a client of Redis matters here. */
interface RedisClient {
  sendCommand: (...args: never[]) => unknown;
  duplicate: (...args: never[]) => RedisClient;
}

/**
 * A client of Redis whose commands are not looked after: Socket.IO's adapters publish and store without a look at what comes of it, and
 * what is cut off as a server closes would be a rejection that nobody handles, of the connections that they make for themselves, too.
 */
export function forgivingRedis<T extends RedisClient>(redis: T): T {
  const send = redis.sendCommand.bind(redis);
  redis.sendCommand = ((...args: never[]) => {
    const sent = send(...args);
    if (sent instanceof Promise) sent.catch(() => {});
    return sent;
  }) as T['sendCommand'];
  const duplicate = redis.duplicate.bind(redis);
  redis.duplicate = ((...args: never[]) => forgivingRedis(duplicate(...args))) as T['duplicate'];
  return redis;
}
