import type { Bot } from './bot.ts';

/** What a persona's bot does with what it should say while it is not in its room. */
export type OfflinePolicy =
  /** Keeps it, and says it once it is in the room again. */
  | 'hold'
  /** Gives it to socket.io-client, which sends it as soon as it is connected: before any room is joined again. */
  | 'buffer'
  | 'drop';

/**
 * Someone with habits. A persona is a file of its own, called as the persona is, which exports it as `persona`:
 *
 *   export const persona: Persona = {
 *     async live(bot, world) {
 *       const lift = await world.happen([{ kind: 'blackhole' }]);
 *       await world.pause(4000);
 *       lift.over();
 *     },
 *   };
 */
export interface Persona {
  /** `drop` by default. */
  readonly offline?: OfflinePolicy;
  /** What happens to it, once, when its time has come. */
  live(bot: Bot, world: World): Promise<void>;
}

/** What a persona can do with the world around its bot. */
export interface World {
  /** Seeded, from 0 (inclusive) to 1 (exclusive). */
  random(): number;
  /** Waits; rejects when the run is over. */
  pause(ms: number): Promise<void>;
  /**
   * Something happens to the bot until `over()`: what follows is told under the persona's name. `link` is what its link
   * does meanwhile, in the words of the faults: `[{ kind: 'blackhole' }]`. Resolves once it does.
   */
  happen(link?: readonly LinkFault[]): Promise<{ over(): void }>;
}

/** A fault as it is written in a scenario. */
export interface LinkFault {
  readonly kind: string;
  readonly [parameter: string]: unknown;
}

/** Where a troupe has faults made at the doors of its bots. */
export interface Network {
  /** Resolves once it is so. */
  on(bot: number, fault: string, link: readonly LinkFault[]): Promise<void>;
  off(bot: number, fault: string): void;
}

/** A file that exports no persona. */
export class PersonaError extends Error {
  readonly code = 'PERSONA';
}

/** Takes the persona out of what a module exports. Throws a PersonaError that says what is missing. */
export function personaIn(module: unknown, file: string): Persona {
  const { persona } = (module ?? {}) as { persona?: Partial<Persona> };
  const problem =
    typeof persona !== 'object' || persona === null
      ? 'to export a `persona`'
      : typeof persona.live !== 'function'
        ? 'to give its persona a function `live`'
        : persona.offline !== undefined && !['hold', 'buffer', 'drop'].includes(persona.offline)
          ? 'to give its persona an `offline` policy of hold, buffer or drop'
          : undefined;
  if (problem) throw new PersonaError(`Expected ${file} ${problem}.`);
  return persona as Persona;
}
