import type { OfflinePolicy } from '../../bots/offline-policy.ts';
import type { LinkFault } from '../../bots/persona.ts';

/** What the thread of a persona is made with. */
export interface PersonaThreadData {
  readonly nameOrFile: string;
  /** Whether to only check what the persona asks for. */
  readonly isRehearsal: boolean;
  /** A sign of life, then for each bot whether it is in its room, and over which transport it is connected. */
  readonly shared: SharedArrayBuffer;
}

/** Transports as numbers in the shared memory; 0 is none. */
export const sharedTransports: readonly (string | undefined)[] = [undefined, 'polling', 'websocket'];

/** Where a bot's state is in the shared memory. */
export function sharedAt(place: number): { readonly isInRoom: number; readonly transport: number } {
  return { isInRoom: 1 + 2 * place, transport: 2 + 2 * place };
}

/** What the thread is told: to live for a bot, by its place among the thread's; what came of what it asked for. */
export type ToPersona =
  | { readonly live: { readonly place: number; readonly number: number; readonly name: string; readonly seed: string } }
  | { readonly answer: { readonly call: number; readonly error: string | undefined } };

/** What it tells: what the persona is; that there is something wrong with it; what it wants done; that it is done. */
export type FromPersona =
  | { readonly loaded: { readonly offline: OfflinePolicy | undefined } }
  | { readonly unusable: { readonly message: string } }
  | { readonly act: { readonly place: number; readonly act: Act } }
  /** To be answered under the number of the call. */
  | { readonly ask: { readonly place: number; readonly call: number; readonly wish: Wish } }
  | { readonly over: { readonly place: number; readonly call: number } }
  | { readonly ended: { readonly place: number; readonly error: string | undefined } };

export type Act =
  | { readonly name: 'connect' | 'disconnect' | 'sleep' | 'wake' }
  | { readonly name: 'changeNetwork'; readonly localAddress: string };

export type Wish = { readonly pauseMs: number } | { readonly link: readonly LinkFault[] };
