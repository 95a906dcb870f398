import type { Persona } from '../persona.ts';

/** Reloads the page: leaves, and returns as a fresh session. */
export const persona: Persona = {
  async live(bot, world) {
    for (let visit = 0; visit < 3; visit++) {
      await world.pause(1000 + world.random() * 2000);
      const reload = await world.happen();
      bot.disconnect();
      await world.pause(200 + world.random() * 800);
      bot.connect();
      reload.over();
    }
  },
};
