import { createAdapter } from '@socket.io/redis-adapter';
import type { UpstreamCase } from './upstream-case.ts';

export const caseRedis446: UpstreamCase = {
  id: 'redis-446',
  reference: 'socketio/socket.io-redis-adapter#446',
  url: 'https://github.com/socketio/socket.io-redis-adapter/issues/446',
  title: 'A node hears nothing more once its connection for subscriptions was cut',
  packages: ['@socket.io/redis-adapter', 'socket.io', 'ioredis'],
  settings:
    'Redis Pub/Sub adapter, two nodes; the connections of one to Redis are cut, as HAProxy does after its timeout',
  expected: 'Both Redis clients connect again, and the subscriptions are back.',
  reported:
    'pubClient becomes ready again. subClient connects, but never becomes ready: what other processes send to rooms does not arrive.',
  remedy: 'Use a Redis client that subscribes again after it has reconnected, as ioredis does.',
  fixedIn: null,
  here: {
    isReproduced: false,
    why: 'Tried with ioredis 6.0.0, and outside of this case with redis 3.1.2, 4.0.1, 4.0.3, 4.0.4, 4.0.6 and 5.12.1: the subscriptions are back.',
  },
  seconds: 1,
  show: async (lab) => {
    const redis = await lab.redis();
    const link = await lab.link(redis.url);
    const cutUrl = link.url.replace('http:', 'redis:');
    const pub = lab.redisClient(cutUrl);
    const sub = lab.redisClient(cutUrl);
    const cut = await lab.server({ adapter: createAdapter(pub, sub) });
    const sender = await lab.node('redis-pubsub', redis.url);
    const client = await lab.client(cut.url);
    const heard: unknown[] = [];
    client.on('news', (text) => heard.push(text));
    await lab.until('the node is subscribed', () => pub.status === 'ready' && sub.status === 'ready');
    await lab.settle();
    sender.io.emit('news', 'before');
    await lab.until('the first event arrives', () => heard.includes('before'));

    const closed = new Set<string>();
    pub.once('close', () => closed.add('pub'));
    sub.once('close', () => closed.add('sub'));
    link.set({ kind: 'reset', touches: 'open' });
    await lab.until('both connections are cut', () => closed.size === 2);
    await lab.until('pubClient is ready again', () => pub.status === 'ready');
    await lab.settle(500);
    sender.io.emit('news', 'after');
    await lab.settle();
    const isHeard = heard.includes('after');
    return {
      isReproduced: !isHeard,
      evidence: `Both connections were cut; then pubClient was ${pub.status}, subClient was ${sub.status}, and what the other node sent was ${isHeard ? 'received' : 'not received'}.`,
    };
  },
};
