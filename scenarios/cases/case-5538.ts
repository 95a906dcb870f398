import type { UpstreamCase } from './upstream-case.ts';

export const case5538: UpstreamCase = {
  id: '5538',
  reference: 'socketio/socket.io#5538',
  url: 'https://github.com/socketio/socket.io/issues/5538',
  title: 'No recovery of a session that has not received an event yet',
  packages: ['socket.io', 'socket.io-client'],
  settings: 'connectionStateRecovery, any adapter',
  expected: 'A client that is back within maxDisconnectionDuration has its session, its rooms and its data again.',
  reported: 'The client has no offset before its first event, and the server recovers no session without one.',
  remedy: 'Send every client an event as soon as it connects.',
  fixedIn: null,
  here: { isReproduced: true },
  seconds: 1,
  show: async (lab) => {
    const { io, url } = await lab.server({ connectionStateRecovery: {} });
    const silent = await lab.client(url);
    await lab.reconnect(silent);
    const greeted = await lab.client(url);
    io.emit('hello');
    await lab.settle();
    await lab.reconnect(greeted);
    const [without, after] = [silent, greeted].map(({ recovered }) => (recovered ? 'recovered' : 'not recovered'));
    return {
      isReproduced: !silent.recovered && greeted.recovered,
      evidence: `A session that had received no event was ${without}; one that had received one was ${after}.`,
    };
  },
};
