/** Control characters but tab and newline, and those that turn the direction of what follows them. */
const unprintable = /[^\P{Cc}\t\n]|[\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu;

/** A text that may be printed on a terminal, from any source: what would act on the terminal is taken out. */
export function printable(text: string): string {
  return text.replace(unprintable, '');
}

/** The same, with the sequences left that set colours: for texts that are painted already. */
export function printableButColours(text: string): string {
  return text
    .split(colours)
    .map((part, at) => (at % 2 === 1 ? part : printable(part)))
    .join('');
}

/** What SGR sets: colours and weights, which move and write nothing. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: it is about them.
const colours = /(\u001b\[[\d;]*m)/;

/** The same for every string in plain data, keys included. */
export function printableData<T>(value: T): T {
  if (typeof value === 'string') return printable(value) as T;
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value;
  if (Array.isArray(value)) return (isOfNumbers(value) ? value : value.map(printableData)) as T;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [printable(key), printableData(one)])) as T;
}

/** Series hold numbers and nulls only, and may be long. */
function isOfNumbers(values: readonly unknown[]): boolean {
  return values.every((value) => typeof value === 'number' || value === null);
}
