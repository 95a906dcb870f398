import type { UpstreamCase } from './upstream-case.ts';

/** The in-memory adapter forgets once a minute. */
const CLEANED_MS = 61_000;

export const case5282: UpstreamCase = {
  id: '5282',
  reference: 'socketio/socket.io#5282',
  url: 'https://github.com/socketio/socket.io/issues/5282',
  title: 'No recovery after a quiet that was longer than maxDisconnectionDuration',
  packages: ['socket.io', 'socket.io-client'],
  settings: 'connectionStateRecovery with maxDisconnectionDuration: 5_000, in-memory adapter; no event for a minute',
  expected: 'A client that is away for less than maxDisconnectionDuration has its session again.',
  reported:
    'The event that its offset names is forgotten by then, whenever the client left: there is nothing to start from.',
  remedy: 'Send every room an event more often than maxDisconnectionDuration, or make that longer.',
  fixedIn: null,
  here: { isReproduced: true },
  seconds: 63,
  show: async (lab) => {
    const { io, url } = await lab.server({ connectionStateRecovery: { maxDisconnectionDuration: 5000 } });
    const quiet = await lab.client(url);
    io.emit('hello');
    await lab.settle(CLEANED_MS);
    await lab.reconnect(quiet);
    const lively = await lab.client(url);
    io.emit('hello');
    await lab.settle();
    await lab.reconnect(lively);
    return {
      isReproduced: !quiet.recovered && lively.recovered,
      evidence: `Away for a moment, a client that had heard nothing for a minute was ${quiet.recovered ? '' : 'not '}recovered; one that just had was${lively.recovered ? '' : ' not'}.`,
    };
  },
};
