import type { ScenarioOptionTexts } from '../../scenarios/scenario-options.ts';
import type { CrowdEngine } from './crowd-engine.ts';

/** A threshold, and its `file:line`. */
export interface OwnThreshold {
  readonly text: string;
  readonly place: string;
}

/** What `chatstorm load` was told about its runs, as it was typed. */
export interface LoadOptions extends ScenarioOptionTexts {
  readonly quick?: boolean;
  /** Packages of other versions to run with, each a run of its own. */
  readonly with?: readonly string[];
  /** What the run is called in lists of runs; any number. */
  readonly label?: readonly string[];
  /** A name, a file, or the dialect itself as plain data. */
  readonly dialect?: string | object | undefined;
  readonly seed?: string;
  readonly out?: string;
  readonly target?: string;
  readonly iOwn?: string;
  readonly pid?: number;
  /** Whether workers make the load, in how many parts, and the secret that they share. */
  readonly workers?: boolean;
  readonly shards?: string;
  readonly secret?: string;
  /** The address of the Redis between nodes of the embedded server, or of the workers. */
  readonly redis?: string;
  readonly fitHeartbeat?: boolean;
  readonly crowd: boolean;
  readonly engine?: CrowdEngine;
  /** By scenario, thresholds of one's own, and where each is written: those over the same metric are replaced. */
  readonly thresholds?: Readonly<Record<string, readonly OwnThreshold[]>> | undefined;
  /** Where the folders of runs are made; `reports/runs` by default. */
  readonly runs?: string;
}
