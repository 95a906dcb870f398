import { setTimeout as pause } from 'node:timers/promises';
import type { LinkFault, Persona, PersonaBot, World } from '../../bots/persona.ts';

/** The longest that a rehearsed persona may go on, in time that passes at once, and how often it may wait. */
const LONGEST_MS = 3_600_000;
const MOST_PAUSES = 10_000;
/** The longest that a rehearsal goes on for those who look at it. */
const PATIENCE_MS = 2000;

/**
 * Goes once through what a persona does, with nothing connected and time that passes at once, and gives what it asks for
 * that there is not: unknown faults and unknown members of bot and world, each as the Error made where it asked.
 * `check` throws an Error for a fault that there is not. What else goes wrong may be due to the rehearsal, and is left out.
 */
export async function rehearse(persona: Persona, check: (fault: LinkFault) => void): Promise<Error[]> {
  const problems: Error[] = [];
  const problem = (error: Error): Error => {
    problems.push(error);
    return error;
  };
  let pauses = 0;
  let passedMs = 0;
  let isConnected = true;
  const bot: PersonaBot = {
    number: 0,
    name: 'rehearsal',
    get transport() {
      return isConnected ? 'websocket' : undefined;
    },
    get isInRoom() {
      return isConnected;
    },
    connect() {
      isConnected = true;
    },
    disconnect() {
      isConnected = false;
    },
    changeNetwork() {},
    sleep() {},
    wake() {},
  };
  const world: World = {
    random: () => 0.5,
    async pause(ms) {
      pauses += 1;
      passedMs += Number.isFinite(ms) ? ms : 0;
      if (pauses > MOST_PAUSES || passedMs > LONGEST_MS) throw new Error('The rehearsal is over.');
    },
    async happen(link = []) {
      if (!Array.isArray(link)) throw problem(notAnArray());
      try {
        for (const fault of link) check(fault);
      } catch (error) {
        // Made here, so that its stack leads to who asked.
        throw problem(new Error((error as Error).message));
      }
      return { over() {} };
    },
  };
  const strict = <T extends object>(what: string, one: T): T =>
    new Proxy(one, {
      get(target, name) {
        if (typeof name === 'symbol' || Reflect.has(target, name)) return Reflect.get(target, name);
        throw problem(new Error(`There is no \`${what}.${name}\`; there are ${Object.keys(target).join(', ')}.`));
      },
    });
  const lived = async () => persona.live(strict('bot', bot), strict('world', world));
  // What fails is told above where it is the persona's own fault; what waits by a clock of its own may take its time.
  await Promise.race([lived().catch(() => {}), pause(PATIENCE_MS)]);
  return problems;
}

export function notAnArray(): Error {
  return new Error("Expected `happen` to get an array, such as [{ kind: 'blackhole' }].");
}
