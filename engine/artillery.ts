/** What Artillery 2 gives to an engine, as far as this one uses it, and what it expects of it. */

/** Values by name, as scripts have them. */
export type Values = Record<string, unknown>;

/** A script, parsed by Artillery. */
export interface Script {
  readonly config: {
    readonly target: string;
    /** Seconds. */
    readonly timeout?: number;
    readonly tls?: Values;
    readonly engines?: Readonly<Record<string, Values | undefined>>;
    /** The functions of the script's processor. */
    readonly processor?: Readonly<Record<string, unknown>>;
    readonly phases?: readonly Phase[];
    readonly defaults?: { readonly think?: Values };
  };
  readonly [key: string]: unknown;
}

export interface Phase {
  /** Which worker thread this is, from 1, and how many there are. */
  readonly worker?: number;
  readonly totalWorkers?: number;
}

/** A scenario of a script. */
export interface ScenarioSpec {
  readonly name?: string;
  readonly flow: readonly StepSpec[];
  readonly beforeScenario?: string | readonly string[];
  readonly [key: string]: unknown;
}

export type StepSpec = Readonly<Record<string, unknown>>;

/** Takes what is measured. */
export interface Events {
  emit(event: 'counter' | 'histogram', name: string, value: number): unknown;
  emit(event: 'rate', name: string): unknown;
  emit(event: 'error', reason: string): unknown;
  emit(event: 'started'): unknown;
}

/** A virtual user's context: what functions of a processor are given. */
export interface Context {
  vars: Values;
  funcs?: Readonly<Record<string, (...args: unknown[]) => unknown>>;
  [key: string]: unknown;
}

export type Done = (error?: Error | null, context?: Context) => void;

/** Artillery's own helpers for engines. */
export interface Helpers {
  template(value: unknown, context: Context): unknown;
  captureOrMatch(
    specs: { capture?: unknown; match?: unknown },
    response: { body: unknown },
    context: Context,
    done: (error: Error | null, result: CaptureResult | null) => void,
  ): void;
}

export interface CaptureResult {
  readonly captures: Readonly<Record<string, { readonly value?: unknown; readonly failed?: boolean }>>;
  readonly matches: Readonly<Record<string, { readonly success?: boolean }>>;
}
