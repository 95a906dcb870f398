import { isScalar, LineCounter, type Node, parseDocument } from 'yaml';
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
  const document = parseDocument(text, { lineCounter: lines });
  const lineAt = (offset: number) => `${file}:${lines.linePos(offset).line}`;
  const [error] = document.errors;
  if (error) {
    const place = lineAt(error.pos[0]);
    throw new UsageError(code, `Expected YAML: ${error.message.split(' at line')[0]} (${place})`, place);
  }
  return { value: contentOf(document, file, code), placeOf: (path) => lineAt(offsetOf(document.contents, path)) };
}

function contentOf(document: ReturnType<typeof parseDocument>, file: string, code: UsageErrorCode): unknown {
  try {
    return document.toJS();
  } catch (error) {
    // An alias that leads nowhere, in a circle, or to far too much.
    throw new UsageError(code, `Expected YAML without such aliases: ${(error as Error).message} (${file})`, file);
  }
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
