/** Rides a lift twice: each time nothing gets through for a while, and then everything at once. */
export const persona = {
  async live(
    _bot: unknown,
    world: {
      random(): number;
      pause(ms: number): Promise<void>;
      happen(link: readonly { kind: string }[]): Promise<{ over(): void }>;
    },
  ): Promise<void> {
    for (let ride = 0; ride < 2; ride++) {
      await world.pause(500 + 1000 * world.random());
      const lift = await world.happen([{ kind: 'blackhole' }]);
      await world.pause(4500);
      lift.over();
    }
  },
};
