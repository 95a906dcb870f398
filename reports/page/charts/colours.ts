/** The page's colours as a canvas needs them; all of them stand in style.css. */
export interface Colours {
  readonly lines: readonly string[];
  readonly text: string;
  readonly muted: string;
  readonly line: string;
  readonly surface: string;
  readonly band: string;
  readonly fault: string;
  readonly bad: string;
  readonly font: string;
}

/** Dashes of a chart's lines, so that no line is told by its colour alone; the first is solid. */
export const dashes: readonly (readonly number[])[] = [[], [7, 3], [2, 3], [9, 3, 2, 3], [14, 4], [4, 2, 1, 2]];

/** Reads the colours of the scheme in force. */
export function readColours(): Colours {
  const style = getComputedStyle(document.documentElement);
  const read = (name: string) => style.getPropertyValue(`--${name}`).trim();
  return {
    lines: dashes.map((_, i) => read(`line-${i}`)),
    text: read('text'),
    muted: read('muted'),
    line: read('line'),
    surface: read('surface'),
    band: read('band'),
    fault: read('fault'),
    bad: read('bad'),
    font: style.fontFamily,
  };
}

export function lineColour({ lines }: Colours, style: number): string {
  return lines[style % lines.length]!;
}
