import type { UpstreamCase } from './upstream-case.ts';

export const case5539: UpstreamCase = {
  id: '5539',
  reference: 'socketio/socket.io#5539',
  url: 'https://github.com/socketio/socket.io/pull/5539',
  title: 'No recovery after a volatile event whose last argument is a string',
  packages: ['socket.io', 'socket.io-adapter', 'socket.io-client'],
  settings: 'connectionStateRecovery, any adapter; the last event before the client left was volatile',
  expected: 'A client that is back within maxDisconnectionDuration has its session again, and what it missed.',
  reported:
    'The server adds no offset to a volatile event, and the client takes its last argument for one: the session is not recovered, and what was sent meanwhile is missed.',
  remedy: 'End the arguments of volatile events with something other than a string, such as an object.',
  fixedIn: null,
  here: { isReproduced: true },
  seconds: 1,
  show: async (lab) => {
    const { io, url } = await lab.server({ connectionStateRecovery: {} });
    const returnAfter = async (status: unknown) => {
      const client = await lab.client(url, { reconnection: false });
      const heard: unknown[] = [];
      client.onAny((_event, value) => heard.push(value));
      io.emit('news', 'before');
      await lab.until('the first event arrives', () => heard.includes('before'));
      io.volatile.emit('status', status);
      await lab.until('the volatile event arrives', () => heard.length === 2);
      client.io.engine.close();
      await lab.until('the server notices', () => io.sockets.sockets.size === 0);
      io.emit('news', 'meanwhile');
      client.connect();
      await lab.until('the client is back', () => client.connected);
      io.emit('news', 'after');
      await lab.until('what is sent later arrives', () => heard.includes('after'));
      client.disconnect();
      await lab.until('the server is empty again', () => io.sockets.sockets.size === 0);
      return { recovered: client.recovered, missed: !heard.includes('meanwhile') };
    };
    const string = await returnAfter('online');
    const object = await returnAfter({ text: 'online' });
    const describe = ({ recovered, missed }: typeof string) =>
      `the session was ${recovered ? '' : 'not '}recovered, and what was sent meanwhile was ${missed ? 'missed' : 'received'}`;
    return {
      isReproduced: !string.recovered && string.missed && object.recovered && !object.missed,
      evidence: `After a volatile event that ended in a string, ${describe(string)}; after one that ended in an object, ${describe(object)}.`,
    };
  },
};
