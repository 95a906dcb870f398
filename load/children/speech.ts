import type { Dialect } from '../../bots/dialect/dialect.ts';
import { loadDialectModule } from '../../scenarios/dialect-file.ts';
import type { Speech } from './messages.ts';

/** The dialect to speak: functions do not travel between processes, so that one in TypeScript is loaded again. */
export async function spokenDialect({ dialect, module }: Speech): Promise<Dialect> {
  return module === null ? dialect : (await loadDialectModule(module)).dialect;
}
