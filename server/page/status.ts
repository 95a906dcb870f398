import type { Announcer } from './announcer.ts';
import type { Link } from './connection.ts';
import { byId } from './dom.ts';

/** Keeps the status pill true: the state of the connection, its transport and its round trip. */
export function showLink(announcer: Announcer): (link: Link) => void {
  let said = '';
  return (link) => {
    const sentence = sentenceOf(link);
    byId('status').dataset.state = link.state;
    byId('status-state').textContent = sentence;
    byId('status-transport').textContent = transports[link.transport] ?? '';
    byId('status-rtt').textContent = link.rttMs === undefined ? '' : `${format(link.rttMs)} ms`;
    byId('offline').hidden = link.state !== 'reconnecting';
    byId('offline-text').textContent = 'You can keep writing: it is sent as soon as the connection is back.';
    // A screen reader hears of the state, once; the attempts and the round trip would never stop.
    if (link.state !== said && (said !== '' || link.state === 'reconnecting')) {
      announcer.say(link.state === 'connected' ? 'Connected' : 'Connection lost, reconnecting');
    }
    if (link.state !== 'connecting') said = link.state;
  };
}

const transports: Record<string, string> = { polling: 'Long polling', websocket: 'WebSocket' };

function sentenceOf({ state, attempt }: Link): string {
  if (state === 'connected') return 'Connected';
  if (state === 'connecting') return attempt > 1 ? `Connecting, attempt ${attempt}` : 'Connecting';
  return attempt > 0 ? `Reconnecting, attempt ${attempt}` : 'Connection lost';
}

function format(ms: number): string {
  return ms < 10 ? ms.toFixed(1) : ms.toFixed(0);
}
