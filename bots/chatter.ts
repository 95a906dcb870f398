import { pick } from '../base/random.ts';

/**
 * What bots say around their tokens: seeded, human-looking lines, without characters that HTML or JSON would escape.
 */
export function chatter(random: () => number): string {
  const line = pick(lines, random);
  return line.replace(/\*(\w+)\*/g, (_, kind: keyof typeof words) => pick(words[kind], random));
}

/** A text made as long as messages are to be, if that is more than it is: it says the same again and again. */
export function padded(text: string, size: number | null): string {
  if (size === null || text.length >= size) return text;
  return `${text} `.repeat(Math.ceil(size / (text.length + 1))).slice(0, size);
}

/** A name for the bot with this number: everyday, and different for every number. */
export function nameOf(bot: number): string {
  const name = names[bot % names.length]!;
  return bot < names.length ? name : `${name} ${Math.floor(bot / names.length) + 1}`;
}

const words = {
  thing: [
    'build',
    'release',
    'menu',
    'playlist',
    'draft',
    'train',
    'new office',
    'photo',
    'recipe',
    'map',
    'invoice',
    'demo',
  ],
  when: ['today', 'tomorrow', 'tonight', 'after lunch', 'at noon', 'on Friday', 'next week', 'in ten minutes'],
  mood: ['great', 'strange', 'late again', 'nearly done', 'better than last time', 'broken for me', 'fine now'],
  greet: ['hi all', 'morning', 'hello everyone', 'hey', 'back again', 'evening all'],
};

const lines = [
  '*greet*, has anyone seen the *thing*?',
  'the *thing* is *mood*',
  'see you *when*',
  'can somebody look at the *thing* *when*?',
  'sure, *when* works for me',
  '*greet*!',
  'no idea, the *thing* was *mood* an hour ago',
  'thanks, that helps a lot',
  'I will send the *thing* *when*',
  'who is bringing the *thing*?',
  'haha, yes',
  'wait, the *thing* is *mood*?',
];

const names = [
  'Ada',
  'Bruno',
  'Chidi',
  'Dana',
  'Emil',
  'Farah',
  'Goran',
  'Hana',
  'Ivo',
  'Jun',
  'Kira',
  'Luis',
  'Mina',
  'Noor',
  'Otto',
  'Priya',
  'Quinn',
  'Rosa',
  'Sami',
  'Tove',
  'Uma',
  'Vera',
  'Wim',
  'Xenia',
  'Yusuf',
  'Zoe',
];
