import type { Persona } from 'chatstorm';

/** Rides a lift twice: each time nothing gets through for a while, and then everything at once. */
export const persona: Persona = {
  async live(bot, world) {
    for (let ride = 0; ride < 2; ride++) {
      await world.pause(500 + 1000 * world.random());
      const lift = await world.happen([{ kind: 'blackhole' }]);
      await world.pause(4500);
      lift.over();
      while (!bot.isInRoom) await world.pause(200);
    }
  },
};
