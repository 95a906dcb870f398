import type { Persona } from '../persona.ts';

/**
 * Changes networks: the old link goes silent, and the phone is back at once from another address, while the server still
 * believes in the old link.
 */
export const persona: Persona = {
  offline: 'hold',
  async live(bot, world) {
    await world.pause(world.random() * 2000);
    const handover = await world.happen([{ kind: 'blackhole', touches: 'open' }]);
    bot.changeNetwork('127.0.0.2');
    await world.pause(6000);
    handover.over();
  },
};
