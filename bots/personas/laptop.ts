import type { Persona } from '../persona.ts';

/** Sleeps for ten seconds with its lid closed, and wakes. */
export const persona: Persona = {
  offline: 'buffer',
  async live(bot, world) {
    await world.pause(world.random() * 1000);
    const nap = await world.happen([{ kind: 'blackhole' }]);
    bot.sleep();
    await world.pause(10_000);
    // It looks at its clock before anything arrives.
    bot.wake();
    nap.over();
  },
};
