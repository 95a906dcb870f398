import { isScalar, LineCounter, type Node, parseDocument, type Scalar, visit } from 'yaml';
import { UsageError, type UsageErrorCode } from '../base/errors.ts';

/** A YAML file as plain data, and where in it something stands. */
export interface YamlFile {
  readonly value: unknown;
  /** `file:line` of what stands at a path; of the deepest part of it that there is, where it leads nowhere. */
  placeOf(path: readonly PropertyKey[]): string;
}

/** Reads YAML. Throws a UsageError with file and line where it is none. */
export function readYaml(text: string, file: string, code: UsageErrorCode): YamlFile {
  const lines = new LineCounter();
  // The library's own check for keys that are there twice takes a time that grows with the square of their number.
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: false });
  const lineAt = (offset: number) => `${file}:${lines.linePos(offset).line}`;
  const [error] = document.errors;
  if (error) {
    const place = lineAt(error.pos[0]);
    const [what = ''] = error.message.split(' at line');
    throw new UsageError(code, `Expected YAML: ${what.slice(0, LONGEST_MESSAGE)} (${place})`, place);
  }
  const twice = keyTwice(document);
  if (twice) {
    const place = lineAt(twice.range?.[0] ?? 0);
    const name = String(twice.value).slice(0, LONGEST_MESSAGE);
    throw new UsageError(code, `Expected \`${name}\` once, got it twice (${place})`, place);
  }
  return { value: contentOf(document, file, code), placeOf: (path) => lineAt(offsetOf(document.contents, path)) };
}

function contentOf(document: ReturnType<typeof parseDocument>, file: string, code: UsageErrorCode): unknown {
  try {
    const content: unknown = document.toJS();
    if (leadsToItself(content, new Set())) throw new Error('one leads to itself');
    return content;
  } catch (error) {
    // An alias that leads nowhere, in a circle, or to far too much.
    throw new UsageError(code, `Expected YAML without such aliases: ${(error as Error).message} (${file})`, file);
  }
}

const LONGEST_MESSAGE = 300;

/** A key that a mapping has had already. */
function keyTwice(document: ReturnType<typeof parseDocument>): Scalar | undefined {
  let twice: Scalar | undefined;
  visit(document, {
    Map(_, { items }) {
      const keys = new Set<unknown>();
      for (const { key } of items) {
        if (!isScalar(key) || key.value === '<<') continue;
        if (keys.has(key.value)) twice = key;
        if (twice) return visit.BREAK;
        keys.add(key.value);
      }
      return undefined;
    },
  });
  return twice;
}

function leadsToItself(at: unknown, above: Set<unknown>): boolean {
  if (typeof at !== 'object' || at === null) return false;
  if (above.has(at)) return true;
  above.add(at);
  const found = Object.values(at).some((inner) => leadsToItself(inner, above));
  above.delete(at);
  return found;
}

/** Where in the text the node at a path begins; of the deepest node there is, where the path leads nowhere. */
function offsetOf(contents: Node | null, path: readonly PropertyKey[]): number {
  let node: unknown = contents;
  let offset = contents?.range?.[0] ?? 0;
  for (const step of path) {
    const items = (node as { items?: unknown[] } | null)?.items ?? [];
    const pair = items.find((item) => isPair(item) && isScalar(item.key) && item.key.value === step);
    if (pair) offset = (pair as Pair).key.range?.[0] ?? offset;
    node = pair ? (pair as Pair).value : items[Number(step)];
    if (!node) break;
    if (!pair) offset = (node as Node).range?.[0] ?? offset;
  }
  return offset;
}

interface Pair {
  readonly key: { readonly value: unknown; readonly range?: [number, number, number] | null };
  readonly value: unknown;
}

function isPair(item: unknown): item is Pair {
  return typeof item === 'object' && item !== null && 'key' in item;
}
