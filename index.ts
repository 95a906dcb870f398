/** What the package gives to those who import it. Everything else is private, and may change with any version. */

export { definePersona, type Persona, type PersonaBot, type World } from './bots/persona.ts';
export { type RunOptions, run } from './commands/run.ts';
export type { Progress } from './measure/fold/progress.ts';
export type {
  Distribution,
  Finding,
  Interval,
  Metric,
  Metrics,
  RunPlan,
  RunRecord,
} from './measure/run-record/run-record.ts';
export { type DialectDefinition, defineDialect, defineScenario, type ScenarioDefinition } from './scenarios/define.ts';
export { type InstrumentOptions, instrument } from './server/instrument.ts';
