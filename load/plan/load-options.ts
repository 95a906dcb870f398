import type { ScenarioOptionTexts } from '../../scenarios/scenario-options.ts';

/** What `chatstorm load` was told about its runs, as it was typed. */
export interface LoadOptions extends ScenarioOptionTexts {
  readonly quick?: boolean;
  readonly dialect?: string;
  readonly seed?: string;
  readonly out?: string;
  readonly target?: string;
  readonly iOwn?: string;
  readonly pid?: number;
  readonly fitHeartbeat?: boolean;
  readonly crowd: boolean;
}
