import { avatar, hueOf } from './avatar.ts';
import { byId, make, oncePerFrame } from './dom.ts';
import type { Unsent } from './outbox.ts';
import { type Line, mostLines, type Room } from './room.ts';

/**
 * The conversation on the page. Lines wait for the next frame and then go in together, and the oldest go out, so that
 * hundreds of messages a second cost one layout per frame. It stays at the bottom unless somebody scrolled up to read.
 */
export class MessageList {
  readonly #log = byId('log');
  readonly #lines = byId('messages');
  readonly #unsent = byId('unsent');
  readonly #jump = byId<HTMLButtonElement>('jump');
  readonly #schedule = oncePerFrame(() => this.#flush());
  #waiting: Line[] = [];
  #last: Line | undefined;
  #isAtEnd = true;
  #below = 0;

  constructor() {
    this.#log.addEventListener('scroll', () => this.#scrolled(), { passive: true });
    this.#jump.addEventListener('click', () => this.toEnd());
    new ResizeObserver(() => this.#isAtEnd && this.toEnd()).observe(this.#log);
  }

  /** Shows another room's conversation. */
  show(room: Room, unsent: readonly Unsent[]): void {
    this.#waiting = [];
    this.#last = undefined;
    this.#lines.replaceChildren(...room.lines.map((line) => this.#draw(line)));
    this.showUnsent(unsent);
    byId('empty').hidden = room.lines.length + unsent.length > 0;
    this.toEnd();
  }

  append(line: Line): void {
    this.#waiting.push(line);
    // No frames come while the tab is hidden.
    if (this.#waiting.length > mostLines) this.#waiting.shift();
    this.#schedule();
  }

  showUnsent(unsent: readonly Unsent[]): void {
    const notes = unsent.map(noteOf);
    this.#unsent.replaceChildren(
      // One note under all that wait for the same reason.
      ...unsent.map((item, at) => drawUnsent(item, notes[at] === notes[at + 1] ? '' : (notes[at] ?? ''))),
    );
    if (unsent.length > 0) byId('empty').hidden = true;
    if (this.#isAtEnd) this.#schedule();
  }

  toEnd(): void {
    this.#isAtEnd = true;
    this.#below = 0;
    this.#jump.hidden = true;
    this.#log.scrollTop = this.#log.scrollHeight;
  }

  #flush(): void {
    const lines = this.#waiting;
    this.#waiting = [];
    this.#lines.append(...lines.map((line) => this.#draw(line)));
    for (let excess = this.#lines.childElementCount - mostLines; excess > 0; excess -= 1) {
      this.#lines.firstElementChild?.remove();
    }
    if (lines.length > 0) byId('empty').hidden = true;
    if (this.#isAtEnd) return this.toEnd();
    this.#below += lines.filter(({ kind }) => kind === 'message').length;
    this.#jump.hidden = false;
    byId('jump-text').textContent = this.#below > 0 ? `${this.#below} new` : 'Latest';
  }

  #scrolled(): void {
    const { scrollTop, scrollHeight, clientHeight } = this.#log;
    this.#isAtEnd = scrollHeight - scrollTop - clientHeight < 40;
    if (this.#isAtEnd) this.#below = 0;
    this.#jump.hidden = this.#isAtEnd;
    if (this.#below === 0) byId('jump-text').textContent = 'Latest';
  }

  #draw(line: Line): HTMLLIElement {
    const follows = isGrouped(this.#last, line);
    this.#last = line;
    if (line.kind === 'notice') return make('li', 'notice', line.text);
    const item = make('li', `message${line.mine ? ' mine' : ''}${follows ? ' follows' : ''}`);
    const body = make('div', 'body');
    const who = make('p', 'who');
    who.append(make('span', `name ${hueOf(line.from)}`, line.mine ? 'You' : line.from || 'Somebody'), timeOf(line.at));
    body.append(who, make('p', 'bubble', line.text));
    item.append(avatar(line.from), body);
    return item;
  }
}

/** Messages of one person within two minutes stand together, under one name. */
function isGrouped(last: Line | undefined, line: Line): boolean {
  if (last === undefined || last.kind !== 'message' || line.kind !== 'message') return false;
  return last.from === line.from && last.mine === line.mine && line.at - last.at < 120_000;
}

function drawUnsent({ text, state }: Unsent, note: string): HTMLLIElement {
  const item = make('li', `message mine unsent ${state}`);
  const body = make('div', 'body');
  body.append(make('p', 'bubble', text), make('p', 'note', note));
  item.append(body);
  return item;
}

function noteOf({ state, tried, reason }: Unsent): string {
  if (state === 'failed') return `Not sent: ${reason}`;
  if (state === 'sending') return 'Sending…';
  return tried ? 'Not confirmed – will be sent again' : 'Not sent yet – waiting for the connection';
}

const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });

function timeOf(at: number): HTMLTimeElement {
  const date = new Date(at);
  const time = make('time', '', clock.format(date));
  time.dateTime = date.toISOString();
  return time;
}
