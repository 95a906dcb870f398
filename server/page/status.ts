import type { Announcer } from './announcer.ts';
import type { Link } from './connection.ts';
import { byId, make } from './dom.ts';
import { formatDuration } from './format-duration.ts';

/** Keeps the status pill and the banner of an outage true: the state of the connection, its transport, its round trip. */
export function showLink(announcer: Announcer): (link: Link) => void {
  let last: Link['state'] = 'connecting';
  const showOutage = outageBanner();
  return (link) => {
    byId('status').dataset.state = link.state;
    byId('status-state').replaceChildren(wordOf(link), make('span', 'attempt', attemptOf(link)));
    byId('status-transport').textContent = transportName(link.transport);
    byId('status-node').textContent = link.node;
    byId('status-rtt').textContent = link.rttMs === undefined ? '' : formatDuration(link.rttMs);
    if (link.state === last) return;
    // A screen reader hears of the state, once; the attempts and the round trip would never stop.
    if (link.state === 'reconnecting') announcer.say('Connection lost, reconnecting');
    else if (link.state === 'connected' && link.reconnects > 0) announcer.say(backAgain(link, last));
    showOutage(link, last);
    last = link.state;
  };
}

/** What a transport is called on the page. */
export function transportName(transport: string): string {
  return transports[transport] ?? transport;
}

/** The same within a sentence. */
export function inSentence(transport: string): string {
  return transport === 'polling' ? 'long polling' : transportName(transport);
}

const transports: Record<string, string> = { polling: 'Long polling', websocket: 'WebSocket' };

/** The banner says what an outage means while it lasts, and for a moment how long it was. */
function outageBanner(): (link: Link, last: Link['state']) => void {
  const banner = byId('offline');
  let timer: ReturnType<typeof setTimeout> | undefined;
  return (link, last) => {
    const isOver = link.state === 'connected' && last === 'reconnecting';
    banner.hidden = link.state !== 'reconnecting' && !isOver;
    banner.dataset.state = link.state;
    byId('offline-text').textContent = isOver
      ? `${backAgain(link, last)}.`
      : 'You can keep writing: it is sent as soon as the connection is back.';
    clearTimeout(timer);
    if (!isOver) return;
    timer = setTimeout(() => {
      banner.hidden = true;
    }, 5000);
  };
}

function backAgain({ outageMs = 0, connectMs = 0, transport }: Link, last: Link['state']): string {
  if (last === 'reconnecting') return `Connected again after ${formatDuration(outageMs)}`;
  return `Connected over ${inSentence(transport)} in ${formatDuration(connectMs)}`;
}

function wordOf({ state, attempt }: Link): string {
  if (state === 'connected') return 'Connected';
  if (state === 'connecting') return 'Connecting';
  return attempt > 0 ? 'Reconnecting' : 'Connection lost';
}

function attemptOf({ attempt }: Link): string {
  return attempt > 0 ? `, attempt ${attempt}` : '';
}
