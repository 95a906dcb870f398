import { mergeFolders } from '../load/folder/merge-folders.ts';
import { report } from './report.ts';

/** Merges runs that were made apart into one, and says what they come to together. */
export async function merge(folders: readonly string[], { out }: { readonly out: string }): Promise<void> {
  mergeFolders(folders, out);
  await report(out, {});
}
