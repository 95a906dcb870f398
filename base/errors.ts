/** What a user can mend, by kind. Stable: programs may tell errors apart by it. */
export type UsageErrorCode =
  | 'COMMAND_LINE'
  | 'SCENARIO'
  | 'DIALECT'
  | 'PERSONA'
  | 'FAULT'
  | 'THRESHOLD'
  | 'TARGET_REFUSED'
  | 'TARGET_UNREACHABLE'
  | 'RUN_FOLDER'
  | 'LISTEN';

/**
 * An error that the user can mend: the message is a sentence, or a line for each problem, that says what happened, where,
 * and what to do. `place` is the file, option or address that it is about.
 */
export class UsageError extends Error {
  readonly code: UsageErrorCode;
  readonly place: string;

  constructor(code: UsageErrorCode, message: string, place: string) {
    super(message);
    this.name = 'UsageError';
    this.code = code;
    this.place = place;
  }
}
