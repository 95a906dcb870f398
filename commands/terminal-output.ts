import { printableButColours } from '../base/printable.ts';
import { columnsOf, painted, type Terminal, unpainted } from '../reports/terminal/terminal.ts';
import { wrap, wrapBefore } from '../reports/terminal/wrap.ts';

/** Where people are told things: the standard output, unless a result goes there. */
let stream: NodeJS.WriteStream = process.stdout;

/** Colours where they are seen and wanted; FORCE_COLOR wants them anywhere, NO_COLOR nowhere. */
export const paint = wantsColours(process.env) ? painted : unpainted;

/** What people read, as wide as it is at the moment. */
export const terminal: Terminal = {
  paint,
  get width() {
    return columnsOf(stream, process.env);
  },
};

/** Keeps the standard output free for a result: everything else goes to the standard error from now on. */
export function keepOutputFree(): void {
  stream = process.stderr;
}

/** The stream that people read. */
export function shownOn(): NodeJS.WriteStream {
  return stream;
}

/** Whether lines on it can be taken back: pipelines keep all that was printed, even where they have a terminal. */
export function isTerminal(): boolean {
  return stream.isTTY === true && !process.env.CI && process.env.TERM !== 'dumb';
}

/**
 * Prints for the user what is laid out already; of what would act on the terminal only colours are left, whatever the
 * source.
 */
export function print(text: string): void {
  stream.write(`${printableButColours(text)}\n`);
}

/** Prints sentences, wrapped; `whole`, a path or command behind them, is never broken. */
export function say(sentences: string, whole?: string): void {
  print(wrapped(sentences, whole, terminal.width));
}

/** The same for what went wrong. */
export function sayError(sentences: string, whole?: string): void {
  console.error(printableButColours(wrapped(sentences, whole, columnsOf(process.stderr, process.env))));
}

/** Writes a result to the standard output as it is. */
export function writeOut(text: string): void {
  process.stdout.write(text);
}

function wrapped(sentences: string, whole: string | undefined, width: number): string {
  return whole === undefined ? wrap(sentences, width) : wrapBefore(sentences, whole, width);
}

function wantsColours({ NO_COLOR, FORCE_COLOR }: NodeJS.ProcessEnv): boolean {
  if (NO_COLOR) return false;
  if (FORCE_COLOR !== undefined) return !['0', 'false'].includes(FORCE_COLOR);
  return process.stdout.isTTY === true;
}
