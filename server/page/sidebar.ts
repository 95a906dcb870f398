import type { Chat } from './conversation.ts';
import { byId, icon, make } from './dom.ts';
import { drawer } from './drawer.ts';
import { everyone, type OpenRoom, type RoomList } from './protocol.ts';
import type { Room } from './room.ts';

/** The list of rooms: those we are in, those that are open to join, and a form to go to any other. */
export class Sidebar {
  readonly #chat: Chat;
  readonly #go: (key: string) => void;
  readonly #leave: (key: string) => void;
  #open: readonly OpenRoom[] = [];

  constructor(chat: Chat, go: (key: string) => void, leave: (key: string) => void) {
    this.#chat = chat;
    this.#go = go;
    this.#leave = leave;
    const form = byId<HTMLFormElement>('join-form');
    const input = byId<HTMLInputElement>('join-room');
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      const name = input.value.trim();
      if (name === '') return;
      input.value = '';
      go(name);
    });
    const panel = byId('sidebar');
    const [opener, closer] = [byId('menu'), byId('menu-close')];
    const set = drawer({ panel, opener, closer, openClass: 'menu-open', focus: '[aria-current]' });
    form.addEventListener('submit', () => set(false));
    panel.addEventListener('click', (event) => {
      if ((event.target as Element).closest('.go')) set(false);
    });
  }

  /** Takes the rooms that exist on the server; storms, which are worth seeing, come first. */
  listed({ rooms }: RoomList): void {
    this.#open = [...rooms].sort((a, b) => Number(isStorm(b.room)) - Number(isStorm(a.room)) || b.members - a.members);
    for (const { room, members } of rooms) {
      const ours = this.#chat.rooms.get(room);
      if (ours) ours.members = members;
    }
    this.draw();
  }

  /** The room of a storm that is on and that we are not in. */
  storm(): OpenRoom | undefined {
    return this.#open.find(({ room }) => isStorm(room) && !this.#chat.rooms.has(room));
  }

  draw(): void {
    const { rooms, current } = this.#chat;
    const open = this.#open.filter(({ room }) => !rooms.has(room)).slice(0, 20);
    fill(
      byId('joined-rooms'),
      [...rooms.values()].map((room) => ({ key: room.key, draw: () => this.#joinedRoom(room, room.key === current) })),
    );
    fill(
      byId('open-rooms'),
      open.map((room) => ({ key: room.room, draw: () => this.#openRoom(room) })),
    );
    byId('no-open-rooms').hidden = open.length > 0;
  }

  #joinedRoom(room: Room, isCurrent: boolean): HTMLLIElement {
    const item = make('li', 'room');
    const button = this.#roomButton(room.key);
    if (isCurrent) button.setAttribute('aria-current', 'page');
    if (room.unread > 0) {
      const badge = make('span', 'badge', room.unread > 99 ? '99+' : String(room.unread));
      badge.append(make('span', 'visually-hidden', ' unread'));
      button.append(badge);
    }
    item.append(button);
    if (room.key !== everyone) {
      const leave = make('button', 'quiet leave');
      leave.type = 'button';
      leave.setAttribute('aria-label', `Leave ${room.key}`);
      leave.append(icon('close'));
      leave.addEventListener('click', () => this.#leave(room.key));
      item.append(leave);
    }
    return item;
  }

  #openRoom({ room, members }: OpenRoom): HTMLLIElement {
    const item = make('li', 'room');
    const button = this.#roomButton(room);
    const count = make('span', 'count', String(members));
    count.append(make('span', 'visually-hidden', members === 1 ? ' person' : ' people'));
    button.append(count);
    item.append(button);
    return item;
  }

  #roomButton(key: string): HTMLButtonElement {
    const button = make('button', 'quiet go');
    button.type = 'button';
    button.append(icon(iconOf(key)), make('span', 'room-name', titleOf(key)));
    button.addEventListener('click', () => this.#go(key));
    return button;
  }
}

/** What a room is called on the page. */
export function titleOf(key: string): string {
  return key === everyone ? 'Everyone' : key;
}

export function iconOf(key: string): string {
  if (key === everyone) return 'everyone';
  return isStorm(key) ? 'storm' : 'room';
}

function isStorm(key: string): boolean {
  return /^storm-\d+$/.test(key);
}

/** Redraws a list and keeps the focus on the entry that had it. */
function fill(list: HTMLElement, entries: { key: string; draw: () => HTMLLIElement }[]): void {
  const focused = document.activeElement?.closest('li');
  const index = focused && focused.parentElement === list ? (focused.dataset.key ?? '') : undefined;
  const className = document.activeElement?.classList.contains('leave') ? '.leave' : '.go';
  list.replaceChildren(
    ...entries.map(({ key, draw }) => {
      const item = draw();
      item.dataset.key = key;
      return item;
    }),
  );
  if (index === undefined) return;
  const again = [...list.children].find((item) => (item as HTMLElement).dataset.key === index);
  again?.querySelector<HTMLElement>(className)?.focus();
}
