import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { UsageError } from '../base/errors.ts';

/** A parser by its short name, or a module: a path, or the name of a package beside the working folder. Rejects with a UsageError. */
export async function loadParser(name: string): Promise<unknown> {
  const refuse = (message: string) => new UsageError('DIALECT', message, name);
  let parser: { Encoder?: unknown; Decoder?: unknown };
  try {
    const file = name === 'msgpack' ? 'socket.io-msgpack-parser' : pathToFileURL(locate(name)).href;
    const module = await import(file);
    parser = module.Encoder ? module : module.default;
  } catch (error) {
    throw refuse(`Cannot load the parser ${name}: ${(error as Error).message.split('\n')[0]}`);
  }
  if (parser?.Encoder && parser.Decoder) return parser;
  throw refuse(`Expected the parser ${name} to export Encoder and Decoder.`);
}

function locate(name: string): string {
  return createRequire(`${process.cwd()}/`).resolve(name);
}
