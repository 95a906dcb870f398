import type { Bot } from './bot.ts';
import { chatter } from './chatter.ts';
import { randomOf } from './random.ts';

/** What a bot does with itself: it gets a turn when one is due, and a last word when the talking is over. */
export interface Persona {
  readonly bot: Bot;
  turn(dueAt: number): void;
  lastWord(): void;
}

/** Speaks in each of its rooms in turn, whenever its turn is due. */
export function talker(bot: Bot, seed: string): Persona {
  const random = randomOf(seed, 'chatter', bot.number);
  let turns = 0;
  return {
    bot,
    turn(dueAt) {
      bot.say(bot.rooms[turns++ % bot.rooms.length]!, chatter(random), dueAt);
    },
    lastWord() {
      for (const room of bot.rooms) bot.closingCall(room, 'bye for now');
    },
  };
}

/** Listens, and says nothing. */
export function listener(bot: Bot): Persona {
  return { bot, turn() {}, lastWord() {} };
}
