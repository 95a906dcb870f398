import { avatar } from './avatar.ts';
import { byId, make } from './dom.ts';
import { everyone } from './protocol.ts';
import type { Room } from './room.ts';

/**
 * Shows who is in the open room: us first, then the others by name. In a storm it is called once a frame, so it draws only
 * what has changed.
 */
export function showPeople(): (room: Room, me: string, isConnected: boolean) => void {
  let drawn: readonly unknown[] = [];
  return (room, me, isConnected) => {
    const now = [room, room.people, room.members, room.joined, me, isConnected];
    if (now.every((value, at) => value === drawn[at])) return;
    drawn = now;
    const names = room.key === everyone ? [] : inOrder(room, me);
    const mine = names.indexOf(me);
    byId('people-list').replaceChildren(...names.map((name, at) => person(name, at === mine)));
    byId('people-count').textContent = byId('people-total').textContent = room.members > 0 ? String(room.members) : '';
    byId('people').classList.toggle('stale', !isConnected);
    byId('people-note').textContent = noteOf(room, names.length, isConnected);
  };
}

function person(name: string, isMe: boolean): HTMLLIElement {
  const item = make('li', 'person');
  item.append(avatar(name), make('span', 'person-name', name));
  if (isMe) item.append(make('span', 'you', 'you'));
  return item;
}

function inOrder({ people, members, joined }: Room, me: string): string[] {
  const isLeftOut = joined && people.length < members && !people.includes(me);
  const names = isLeftOut ? [me, ...people] : [...people];
  return names.sort((a, b) => Number(b === me) - Number(a === me) || collator.compare(a, b));
}

function noteOf({ key, members }: Room, shown: number, isConnected: boolean): string {
  if (key === everyone) return 'Everyone connected receives these messages. Member lists exist in rooms only.';
  if (shown === 0) return 'Joining…';
  if (!isConnected) return 'As it was when the connection was lost.';
  if (members > shown) return `and ${members - shown} more`;
  return members === 1 ? 'No one else is here yet. Open this page in a second window to try it.' : '';
}

const collator = new Intl.Collator(undefined, { numeric: true });
