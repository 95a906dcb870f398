import { styleText } from 'node:util';

/** Paints a text, or leaves it as it is where no colour is wanted. */
export type Paint = (style: Parameters<typeof styleText>[0], text: string) => string;

export const painted: Paint = (style, text) => styleText(style, text, { validateStream: false });
export const unpainted: Paint = (_, text) => text;

/** What is printed on: how it paints, and its columns; infinitely many where nothing is wrapped. */
export interface Terminal {
  readonly paint: Paint;
  readonly width: number;
}

/** Without colours and without an end of a line. */
export const plainTerminal: Terminal = { paint: unpainted, width: Number.POSITIVE_INFINITY };

/** The columns of a stream: those of its terminal; elsewhere, and in CI, as many as COLUMNS says, or no end. */
export function columnsOf(
  { isTTY, columns }: Pick<NodeJS.WriteStream, 'isTTY' | 'columns'>,
  { COLUMNS, CI }: NodeJS.ProcessEnv,
): number {
  if (isTTY && !CI && columns > 0) return columns;
  const given = Number(COLUMNS);
  return Number.isInteger(given) && given > 0 ? given : Number.POSITIVE_INFINITY;
}
