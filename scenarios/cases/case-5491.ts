import type { UpstreamCase } from './upstream-case.ts';

export const case5491: UpstreamCase = {
  id: '5491',
  reference: 'socketio/socket.io#5491',
  url: 'https://github.com/socketio/socket.io/issues/5491',
  title: 'Middlewares are skipped when a session is recovered',
  packages: ['socket.io', 'socket.io-client'],
  settings: 'connectionStateRecovery with skipMiddlewares, which is its default',
  expected: 'A middleware that turns a user away is asked whenever that user connects.',
  reported: 'A user that was blocked while it was offline comes back without being asked, for up to two minutes.',
  remedy: 'Set connectionStateRecovery.skipMiddlewares to false, or end the sessions of those who are blocked.',
  fixedIn: null,
  here: { isReproduced: true },
  seconds: 1,
  show: async (lab) => {
    const { io, url } = await lab.server({ connectionStateRecovery: {} });
    let isBlocked = false;
    let asked = 0;
    io.use((_socket, next) => {
      asked++;
      next(isBlocked ? new Error('blocked') : undefined);
    });
    io.on('connection', (socket) => socket.emit('hello'));
    const client = await lab.client(url);
    await lab.settle();
    isBlocked = true;
    await lab.reconnect(client);
    return {
      isReproduced: client.connected && asked === 1,
      evidence: `The user was blocked, and came back ${client.recovered ? 'with its session recovered' : 'with a new session'}; the middleware was asked ${asked === 1 ? 'only when it first connected' : `${asked} times`}.`,
    };
  },
};
