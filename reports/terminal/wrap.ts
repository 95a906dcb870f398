import stringWidth from 'string-width';

/**
 * Breaks the lines of a text that are wider than they may be. They break at spaces only, but not between a number and what
 * belongs to it, and not within `backticks` that fit a line. What follows hangs under the first line: by `hang`, or by its own indentation if
 * that is more.
 */
export function wrap(text: string, width: number, hang = '  '): string {
  return text
    .split('\n')
    .flatMap((line) => {
      if (stringWidth(line) <= width) return line;
      const [indent = ''] = /^ */.exec(line) ?? [];
      const under = indent.length > hang.length ? indent : hang;
      return filled(piecesOf(line, width - under.length), width, under);
    })
    .join('\n');
}

/** Wraps a text that ends with a path or a command: that one stays whole, so that it can be copied. */
export function wrapBefore(text: string, whole: string, width: number, hang = '  '): string {
  return filled([...piecesOf(text, width - hang.length), ` ${whole}`], width, hang).join('\n');
}

/** The columns that a text takes at least, however it is wrapped. */
export function leastWidth(text: string): number {
  return Math.max(
    ...text
      .split('\n')
      .flatMap((line) => piecesOf(line, 0).map((piece, i) => stringWidth(i === 0 ? piece : piece.trimStart()))),
  );
}

const within = /(?<=\d) (?=(?:ms|s|%|[kMGT]?B)(?!\w))|(?<=[≤ø<>=]|\+ [\d,]+) /.source;
const quoted = new RegExp(` *(?:\`[^\`]*\`|[^ ]|${within})+`, 'g');
const bare = new RegExp(` *(?:[^ ]|${within})+`, 'g');
/** Between the labels of a metric, as the last resort. */
const behindLabel = /(?<=\{[^/]*,)/;

/** What stays together on a line, each with the spaces before it; what is wider than the room is taken apart. */
function piecesOf(line: string, room: number): string[] {
  const isWide = (piece: string) => stringWidth(piece.trimStart()) > room;
  return (line.match(quoted) ?? [''])
    .flatMap((piece) => (isWide(piece) ? (piece.match(bare) ?? []) : piece))
    .flatMap((piece) => (isWide(piece) ? piece.split(behindLabel) : piece));
}

function filled(pieces: readonly string[], width: number, hang: string): string[] {
  const [first = '', ...rest] = pieces;
  const lines = [first];
  for (const piece of rest) {
    const longer = lines.at(-1) + piece;
    if (stringWidth(longer) <= width) lines[lines.length - 1] = longer;
    else lines.push(hang + piece.trimStart());
  }
  return lines;
}
