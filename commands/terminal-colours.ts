import { painted, unpainted } from '../reports/terminal/summary.ts';

/** Colours where they are seen and wanted. */
export const paint = process.stdout.isTTY && !process.env.NO_COLOR ? painted : unpainted;
