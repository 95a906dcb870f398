import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { parseDialect, readDialectFile } from './dialect-file.ts';

const speech = "send: { emit: say, args: ['{text}'] }\nhear: { event: said }\n";

function folderWith(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'chatstorm-dialect-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}

describe('a dialect in YAML', () => {
  test('takes values from the environment, and shows none of them', () => {
    const text = `${speech}path: '/\${STAGE}/socket.io/'\nauth: { token: '\${TOKEN}', kind: literal }\n`;
    const { dialect, secrets, written } = parseDialect(text, 'chat.yml', { TOKEN: 'from outside', STAGE: 'blue' });
    expect(dialect).toMatchObject({ path: '/blue/socket.io/', auth: { token: 'from outside', kind: 'literal' } });
    expect(secrets).toEqual(expect.arrayContaining(['from outside', 'blue', 'literal']));
    expect(written).toMatchObject({ path: expect.stringContaining('STAGE'), auth: ['token', 'kind'] });
    expect(JSON.stringify(written)).not.toMatch(/from outside|blue|literal/);
  });

  test.each([
    [
      'a variable that is not set',
      `${speech}auth: { token: '$\{NOWHERE}' }\n`,
      'Expected the environment variable NOWHERE to be set (chat.yml:3)',
    ],
    [
      'a blank that nothing fills',
      `${speech}auth: { token: '{token}' }\n`,
      'Expected `auth` to have no blanks but {n}, {name}; got {token} (chat.yml:3)',
    ],
    [
      'a message without its text',
      'send: { emit: say, args: [hello] }\nhear: { event: said }\n',
      'Expected `send.args` to hold {text}, which becomes the message (chat.yml:1)',
    ],
    ['users that are not there', `${speech}users: nobody.csv\n`, 'Cannot read the users in'],
    ['a misspelled key', `${speech}namepsace: /chat\n`, 'Unknown key `namepsace` (chat.yml:3)'],
  ])('is refused for %s', (_, text, sentence) => {
    expect(() => parseDialect(text, 'chat.yml', {})).toThrow(sentence);
  });

  test('finds its files beside itself', async () => {
    const folder = folderWith({
      'people.csv': 'token\na\n',
      'chat.yml': `${speech}users: people.csv\nauth: { token: '{token}' }\ntls: { ca: ca.pem }\n`,
    });
    const { dialect } = await readDialectFile(join(folder, 'chat.yml'), {});
    expect(dialect).toMatchObject({ users: join(folder, 'people.csv'), tls: { ca: join(folder, 'ca.pem') } });
  });

  test('may be a part of one where the rest is given', async () => {
    const folder = folderWith({ 'part.yml': 'namespace: /chat\n' });
    const file = join(folder, 'part.yml');
    await expect(readDialectFile(file, {})).rejects.toThrow('`send`');
    const { dialect } = await readDialectFile(file, {}, { send: 'none', hear: { event: 'tick' } });
    expect(dialect).toMatchObject({ namespace: '/chat', send: 'none' });
  });
});

describe('a dialect in TypeScript', () => {
  test('has functions where YAML has lists and paths', async () => {
    const code = `export const dialect = {
      send: { emit: 'say', args: ({ text }) => [text.toUpperCase()] },
      hear: { event: 'said', text: (frame) => frame.body },
    };`;
    const file = join(folderWith({ 'chat.mjs': code }), 'chat.mjs');
    const { dialect, module, written } = await readDialectFile(file, {});
    const { send, hear } = dialect;
    expect(send !== 'none' && typeof send.args === 'function' && send.args({ text: 'hi' })).toEqual(['HI']);
    expect(hear !== 'ack' && typeof hear.text === 'function' && hear.text({ body: 'x' })).toBe('x');
    expect({ module, written }).toEqual({ module: file, written: { module: file } });
  });

  test.each([
    ['nothing', 'export const other = 1;', 'to export a `dialect`'],
    ['a broken one', "export const dialect = { send: { emit: 'x', args: 7 }, hear: { event: 'y' } };", '`send'],
    ['no code', 'export const', 'Cannot load the dialect'],
  ])('is refused where it exports %s', async (_, code, sentence) => {
    const file = join(folderWith({ 'chat.mjs': code }), 'chat.mjs');
    await expect(readDialectFile(file, {})).rejects.toThrow(sentence);
  });
});
