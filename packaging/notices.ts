import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

/** The names, versions, licences and licence texts of the packages that files belong to, as one text. */
export function noticesOf(files: Iterable<string>): string {
  const folders = new Set([...files].map(packageOf).filter((folder) => folder !== undefined));
  const notices = [...folders].map(noticeOf).sort();
  return `Bundled into this package are, unchanged in their source form, the following packages.\n\n${[...new Set(notices)].join('\n')}`;
}

/** The folder of the package that a file belongs to; undefined where it is none of node_modules. */
function packageOf(file: string): string | undefined {
  const path = resolve(file);
  if (!path.includes('node_modules')) return undefined;
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    if (!existsSync(join(folder, 'package.json'))) continue;
    const { name, version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    if (name && version) return folder;
  }
}

function noticeOf(folder: string): string {
  const { name, version, license, licenses, repository } = JSON.parse(
    readFileSync(join(folder, 'package.json'), 'utf8'),
  );
  const source = typeof repository === 'string' ? repository : (repository?.url ?? '');
  const terms = typeof license === 'string' ? license : (license?.type ?? licenses?.[0]?.type ?? 'see its text');
  const file = readdirSync(folder).find((entry) => /^(licen[cs]e|copying)/i.test(entry));
  const text = file ? readFileSync(join(folder, file), 'utf8').trim() : 'It comes without a text of its licence.';
  return `${'='.repeat(80)}\n${name} ${version} (${terms}) ${source}\n\n${text}\n`;
}
