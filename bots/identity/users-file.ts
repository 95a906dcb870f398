import { parse } from 'csv-parse/sync';
import { UsageError } from '../../base/errors.ts';
import { fileProblem } from '../../base/file-problem.ts';
import { readTextFile } from '../../base/read-text-file.ts';
import type { Blanks } from '../dialect/dialect.ts';

/** The users of a .csv file: a row each, by the names of its first line. Throws a UsageError where it cannot be read. */
export function readUsers(file: string): Blanks[] {
  let text: string;
  try {
    text = readTextFile(file);
  } catch (error) {
    throw new UsageError('DIALECT', `Cannot read the users in ${file}: ${fileProblem(error)}.`, file);
  }
  try {
    const rows = parse(text, { columns: true, bom: true, trim: true, skip_empty_lines: true }) as Record<
      string,
      string
    >[];
    if (rows.length === 0) throw new Error('it has a line of names, but no user');
    return rows;
  } catch (error) {
    const message = (error as Error).message.replace(/\.$/, '');
    throw new UsageError('DIALECT', `Expected ${file} to be a CSV file with a row for each user: ${message}.`, file);
  }
}
