/** A scenario or an option that cannot be used; the message has a line for each problem, with its place. */
export class ScenarioError extends Error {
  readonly code = 'SCENARIO';
}
