import type { z } from 'zod';
import type { DialectInput } from '../bots/dialect/dialect.ts';
import type { scenarioSchema } from './scenario-schema.ts';

/** A scenario as its file holds it; schema.json is the same for editors. */
export type ScenarioDefinition = z.input<typeof scenarioSchema>;

/** How to speak a server's chat, as a dialect's file holds it; functions in it have to stand in a .ts file. */
export type DialectDefinition = DialectInput;

/** Gives a scenario back: in a .ts file, the editor and the compiler then know what it may hold. */
export function defineScenario(scenario: ScenarioDefinition): ScenarioDefinition {
  return scenario;
}

/** The same for a dialect. */
export function defineDialect(dialect: DialectDefinition): DialectDefinition {
  return dialect;
}
