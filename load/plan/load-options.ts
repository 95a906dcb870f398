import type { ScenarioOptionTexts } from '../../scenarios/scenario-options.ts';

/** What `chatstorm load` was told about its runs, as it was typed. */
export interface LoadOptions extends ScenarioOptionTexts {
  readonly quick?: boolean;
  /** A name, a file, or the dialect itself as plain data. */
  readonly dialect?: string | object | undefined;
  readonly seed?: string;
  readonly out?: string;
  readonly target?: string;
  readonly iOwn?: string;
  readonly pid?: number;
  readonly fitHeartbeat?: boolean;
  readonly crowd: boolean;
}
