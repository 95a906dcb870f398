import type { Persona } from '../persona.ts';

/** Rides through two tunnels of one to four seconds. */
export const persona: Persona = {
  offline: 'hold',
  async live(_, world) {
    for (let tunnel = 0; tunnel < 2; tunnel++) {
      await world.pause(200 + world.random() * 600);
      const darkness = await world.happen([{ kind: 'blackhole' }]);
      await world.pause(1000 + world.random() * 3000);
      darkness.over();
    }
  },
};
