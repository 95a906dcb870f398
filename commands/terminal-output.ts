import { printableButColours } from '../base/printable.ts';
import { painted, unpainted } from '../reports/terminal/summary.ts';

/** Colours where they are seen and wanted. */
export const paint = process.stdout.isTTY && !process.env.NO_COLOR ? painted : unpainted;

/** Prints for the user; of what would act on the terminal only colours are left, whatever the source. */
export function print(text: string): void {
  console.log(printableButColours(text));
}

/** The same for what went wrong. */
export function printError(text: string): void {
  console.error(printableButColours(text));
}
