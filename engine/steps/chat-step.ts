import { setTimeout as pause } from 'node:timers/promises';
import type { Persona, PersonaBot, World } from '../../bots/persona.ts';
import { personas } from '../../bots/personas/shipped.ts';
import type { Values } from '../artillery.ts';
import { filled } from '../blanks.ts';
import { type ChatPlace, chatPlaceOf, EngineChat } from '../engine-chat.ts';
import { StepError } from '../step-error.ts';
import type { EngineKit, VirtualUser } from '../virtual-user.ts';
import { namespaceOf } from './connect-step.ts';
import type { StepMaker } from './step.ts';

/** What `play` may name besides a persona that chatstorm brings along. */
type Habit = (chat: EngineChat, options: Values, user: VirtualUser) => Promise<void>;

const SECONDS = 30;
const EVERY_S = 2;

const habits: Readonly<Record<string, Habit>> = {
  /** Sends every few seconds. */
  talker: async (chat, { every = EVERY_S, for: seconds = SECONDS }, { ending }) => {
    const until = performance.now() + Number(seconds) * 1000;
    while (performance.now() < until) {
      await chat.send();
      await pause(Number(every) * 1000, undefined, { signal: ending });
    }
  },
  /** Only listens. */
  listener: async (_chat, { for: seconds = SECONDS }, { ending }) => {
    await pause(Number(seconds) * 1000, undefined, { signal: ending });
  },
};

/** The chat of each kit, and of each user by namespace. */
const places = new WeakMap<EngineKit, ChatPlace>();
const chats = new WeakMap<VirtualUser, Map<string, EngineChat>>();

/** `join: ROOM`, `send: TEXT` (`true` for words of its own) and `play: PERSONA`, in the scenario's dialect. */
export const chatStep: StepMaker = (spec, kit) => {
  const place = places.get(kit) ?? chatPlaceOf(kit.script, kit.meter);
  places.set(kit, place);
  const [namespace, room, words] = [namespaceOf(spec), textOf(spec.join), textOf(spec.send)];
  const play = spec.play === undefined ? undefined : playOf(spec.play);
  return async (user) => {
    const chat = await chatOf(user, place, namespace(user));
    if (spec.join !== undefined) await chat.join(room(user));
    if (spec.send !== undefined) await chat.send(words(user));
    if (play) await play(chat, user);
  };
};

/** A text; undefined where it is left to the user. */
function textOf(written: unknown): (user: VirtualUser) => string | undefined {
  const text = filled(written);
  return (user) => {
    const value = text(user);
    return value === true || value === undefined ? undefined : String(value);
  };
}

async function chatOf(user: VirtualUser, place: ChatPlace, asked: string): Promise<EngineChat> {
  const namespace = asked || (place.dialect.namespace === '/' ? '' : place.dialect.namespace);
  const known = chats.get(user) ?? new Map<string, EngineChat>();
  chats.set(user, known);
  const chat = known.get(namespace) ?? new EngineChat((await user.socketOf(namespace)).connection, place);
  known.set(namespace, chat);
  return chat;
}

/** `talker`, or `{ persona: talker, room: …, every: 2, for: 30 }`. Throws an Error where there is no such persona. */
function playOf(play: unknown): (chat: EngineChat, user: VirtualUser) => Promise<void> {
  const options = typeof play === 'string' ? { persona: play } : (play as Values);
  const name = String(options.persona);
  const habit = habits[name];
  const persona = Object.hasOwn(personas, name) ? personas[name] : undefined;
  if (!habit && !persona) {
    const known = [...Object.keys(habits), ...Object.keys(personas)].join(', ');
    throw new Error(`artillery-engine-chatstorm: expected a persona, one of ${known}, got ${name}`);
  }
  const room = textOf(options.room);
  return async (chat, user) => {
    await chat.join(room(user));
    try {
      await (habit ? habit(chat, options, user) : live(persona!, user));
    } catch (error) {
      if (!user.isEnded) throw error;
    }
  };
}

async function live(persona: Persona, user: VirtualUser): Promise<void> {
  const [socket] = Object.values(user.context.sockets);
  const { connection } = socket!;
  const bot: PersonaBot = {
    number: 0,
    name: 'user',
    get transport() {
      return connection.isConnected ? connection.transport : undefined;
    },
    get isInRoom() {
      return connection.isConnected;
    },
    connect: () => connection.connect(),
    disconnect: () => connection.disconnect(),
    changeNetwork: (localAddress) => connection.changeNetwork(localAddress),
    sleep: () => connection.sleep(),
    wake: () => connection.wake(),
  };
  const world: World = {
    random: Math.random,
    pause: (ms) => pause(ms, undefined, { signal: user.ending }),
    happen: async (link = []) => {
      if (link.length > 0) throw new StepError("this persona's link has faults: run it by chatstorm, behind its proxy");
      return { over: () => {} };
    },
  };
  await persona.live(bot, world);
}
