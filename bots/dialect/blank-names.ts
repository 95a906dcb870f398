import { type Dialect, isDirect } from './dialect.ts';
import { blanksIn } from './payload.ts';

/** A blank that nothing fills, and where it stands in the dialect. */
export interface UnknownBlank {
  readonly blank: string;
  readonly path: readonly string[];
  readonly known: readonly string[];
}

/**
 * The blanks that nothing would fill. `columns` are those of the users' file. Where credentials come from code, their names
 * are not known, and every blank may be one.
 */
export function unknownBlanks(dialect: Dialect, columns: readonly string[]): UnknownBlank[] {
  if (dialect.credentials) return [];
  const own = ['n', 'name', ...columns];
  const taken = Object.keys(dialect.login?.take ?? {});
  const captured = dialect.onConnect.flatMap(({ capture }) => Object.keys(capture));
  const before = ['room', ...own, ...taken, ...captured];
  const peers = [...captured, ...own].map((name) => `peer.${name}`);
  const places: [path: string[], value: unknown, known: readonly string[]][] = [
    ...(['auth', 'headers', 'query'] as const).map((key): [string[], unknown, readonly string[]] => [
      [key],
      dialect[key],
      [...own, ...taken, ...captured],
    ]),
    [['login'], dialect.login, own],
    ...dialect.onConnect.map((step, i): [string[], unknown, readonly string[]] => [
      ['onConnect', String(i)],
      'emit' in step ? step.args : [],
      before,
    ]),
    ...(['join', 'leave', 'presence'] as const).map((key): [string[], unknown, readonly string[]] => [
      [key, 'args'],
      dialect[key]?.args,
      before,
    ]),
    [
      ['send', 'args'],
      dialect.send === 'none' ? [] : dialect.send.args,
      [...before, 'text', ...(isDirect(dialect) ? peers : [])],
    ],
    ...dialect.background.map(({ args }, i): [string[], unknown, readonly string[]] => [
      ['background', String(i)],
      args,
      before,
    ]),
  ];
  return places.flatMap(([path, value, known]) =>
    blanksIn(value)
      .filter((blank) => !known.includes(blank))
      .map((blank) => ({ blank, path, known })),
  );
}
