import type { Persona } from '../persona.ts';
import { persona as commuter } from './commuter.ts';
import { persona as laptop } from './laptop.ts';
import { persona as mobile } from './mobile.ts';
import { persona as reloader } from './reloader.ts';

/** The personas that chatstorm brings along, by name. */
export const personas: Readonly<Record<string, Persona>> = { mobile, laptop, commuter, reloader };
