import { Announcer } from './announcer.ts';
import { composer, typingSentence } from './composer.ts';
import { createConnection } from './connection.ts';
import { connectionPanel, showFacts } from './connection-panel.ts';
import { Chat } from './conversation.ts';
import { byId, icon, oncePerFrame } from './dom.ts';
import { drawer } from './drawer.ts';
import { identity } from './identity.ts';
import { MessageList } from './message-list.ts';
import { showPeople } from './people.ts';
import { everyone } from './protocol.ts';
import type { Room } from './room.ts';
import { keepRoster } from './room-members.ts';
import { iconOf, Sidebar, titleOf } from './sidebar.ts';
import { showLink } from './status.ts';

// The page's only entry: it makes the parts and tells each what the others saw.
const announcer = new Announcer();
const messages = new MessageList();
const transports = byId('app').dataset.transports?.split(',') ?? [];
const [status, facts] = [showLink(announcer), showFacts()];
const connection = createConnection(transports, (link) => {
  status(link);
  facts(link);
});
const { socket } = connection;

const chat = new Chat(socket, {
  line(room, line) {
    if (room.key !== chat.current) return drawRooms();
    messages.append(line);
    if (line.kind === 'message' && !line.mine) announcer.message(`${line.from || 'Somebody'}: ${line.text}`);
  },
  room(room) {
    drawRooms();
    if (room.key === chat.current) drawTyping();
  },
  outbox(room) {
    if (room.key === chat.current) messages.showUnsent(chat.outbox.in(room.key));
  },
});

const sidebar = new Sidebar(chat, go, (key) => {
  chat.leave(key);
  go(chat.current === key ? everyone : chat.current);
});

const drawPeople = showPeople();
const openRoom = () => chat.rooms.get(chat.current);
const askWhoIsHere = keepRoster(socket, openRoom, () => drawRooms());

const drawRooms = oncePerFrame(() => {
  const room = openRoom();
  sidebar.draw();
  drawTitle(room);
  if (room) drawPeople(room, chat.name, socket.connected);
});

function go(key: string): void {
  const room = chat.open(key);
  history.replaceState(null, '', key === everyone ? '#' : `#${encodeURIComponent(key)}`);
  messages.show(room, chat.outbox.in(key));
  byId('room-icon').replaceChildren(icon(iconOf(key)));
  drawRooms();
  drawTyping();
  offerStorm();
  askWhoIsHere();
}

function drawTitle(room: Room | undefined): void {
  if (!room) return;
  byId('room-title').textContent = titleOf(room.key);
  byId('room-members').textContent = aboutMembers(room);
  document.title = `${titleOf(room.key)} · chatstorm`;
  byId('text').setAttribute('aria-label', `Message to ${titleOf(room.key)}`);
}

function aboutMembers({ key, members, joined, barred }: Room): string {
  if (key === everyone) return members > 1 ? `${members} connected` : 'Everyone connected';
  if (barred) return 'Not in this room';
  if (!joined && members === 0) return 'Joining…';
  return members === 1 ? 'Only you' : `${members} people`;
}

function drawTyping(): void {
  const room = openRoom();
  byId('typing').textContent = room ? typingSentence(room.typing, performance.now()) : '';
}

function listRooms(): void {
  chat.list((list) => {
    const all = chat.rooms.get(everyone);
    if (all) all.members = list.connected;
    sidebar.listed(list);
    offerStorm();
    drawRooms();
  });
}

function offerStorm(): void {
  const storm = sidebar.storm();
  const button = byId<HTMLButtonElement>('storm');
  button.hidden = storm === undefined || chat.current.startsWith('storm-') || !socket.connected;
  if (storm === undefined) return;
  byId('storm-text').textContent = `A load run is on in ${storm.room}, with ${storm.members} members`;
  button.onclick = () => go(storm.room);
}

composer(
  (text) => {
    chat.say(text);
    messages.toEnd();
  },
  () => chat.sayTyping(),
);
drawer({
  panel: byId('people'),
  opener: byId('people-toggle'),
  closer: byId('people-close'),
  openClass: 'people-open',
  focus: '#people-close',
  beside: matchMedia('(min-width: 1100px)'),
});
connectionPanel(connection, transports, announcer);
identity((name) => chat.rename(name));
go(roomInAddress());
addEventListener('hashchange', () => go(roomInAddress()));
socket.on('connect', listRooms);
socket.on('disconnect', offerStorm);
byId('menu').addEventListener('click', listRooms);
setInterval(listRooms, 3000);
setInterval(drawTyping, 1000);
connection.open();

/** The room that the address names after `#`; without one, the lobby. */
function roomInAddress(): string {
  try {
    return decodeURIComponent(location.hash.slice(1)) || (location.href.endsWith('#') ? everyone : 'lobby');
  } catch {
    return 'lobby';
  }
}
