import { UsageError } from '../base/errors.ts';
import { type OfflinePolicy, offlinePolicies } from './offline-policy.ts';

/**
 * A user with habits. A persona is a file of its own, named as the persona is, which exports it as `persona`:
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
  /** What this user does, once, when its time has come. */
  live(bot: PersonaBot, world: World): Promise<void>;
}

/** What a persona can have its bot do. */
export interface PersonaBot {
  readonly number: number;
  readonly name: string;
  /** The transport while it is connected, undefined while it is not. */
  readonly transport: string | undefined;
  readonly isInRoom: boolean;
  connect(): void;
  /** Leaves as a user who closes the page; {@link connect} brings it back, as a fresh session. */
  disconnect(): void;
  /** Moves to another network with this local address: notices at once and connects again. */
  changeNetwork(localAddress: string): void;
  /** Sends and notices nothing any more, as a computer with its lid closed. Its link has to be silent meanwhile. */
  sleep(): void;
  /** Notices what it slept through, and comes back as a client does. */
  wake(): void;
}

/** What a persona can do with the world around its bot. */
export interface World {
  /** Seeded, from 0 (inclusive) to 1 (exclusive). */
  random(): number;
  /** Waits; rejects when the run is over. */
  pause(ms: number): Promise<void>;
  /**
   * Something happens to the bot until `over()`: what follows is reported under the persona's name. `link` is what its link
   * does meanwhile, in the words of the faults: `[{ kind: 'blackhole' }]`. Resolves once it does; rejects where it cannot.
   */
  happen(link?: readonly LinkFault[]): Promise<{ over(): void }>;
}

/** A fault as it is written in a scenario. */
export interface LinkFault {
  readonly kind: string;
  readonly [parameter: string]: unknown;
}

/** Switches faults on and off at the link of a single bot. */
export interface LinkFaultControl {
  /** Resolves once it is on. Rejects with an Error that says why it cannot be. */
  on(bot: number, fault: string, link: readonly LinkFault[]): Promise<void>;
  off(bot: number, fault: string): void;
}

/** Gives a persona back: in a .ts file, the editor and the compiler then know what it may hold. */
export function definePersona(persona: Persona): Persona {
  return persona;
}

/** Takes the persona out of what a module exports. Throws a UsageError that says what is missing. */
export function personaIn(module: unknown, file: string): Persona {
  const { persona } = (module ?? {}) as { persona?: Partial<Persona> };
  const problem =
    typeof persona !== 'object' || persona === null
      ? 'to export a `persona`'
      : typeof persona.live !== 'function'
        ? 'to give its persona a function `live`'
        : persona.offline !== undefined && !offlinePolicies.includes(persona.offline)
          ? 'to give its persona an `offline` policy of hold, buffer or drop'
          : undefined;
  if (problem) throw new UsageError('PERSONA', `Expected ${file} ${problem}.`, file);
  return persona as Persona;
}
