import type { z } from 'zod';

export type Issue = z.core.$ZodIssue;

/**
 * What is wrong with a value, as a sentence without its full stop: what was expected of `name`, and what was got. A check's
 * own message completes «Expected `name` to be …», or is a whole sentence that begins with Expected. An empty name stands for
 * the whole file.
 */
export function issueSentence(issue: Issue, name: string): string {
  const got =
    issue.input === undefined ? 'nothing' : `\`${shortened(JSON.stringify(issue.input)?.replace(/^"|"$/g, ''))}\``;
  const expected = (what: string) => `Expected ${name ? `\`${name}\`` : 'the file'} to be ${what}, got ${got}`;
  if (issue.code === 'unrecognized_keys')
    return `Unknown key \`${shortened(issue.keys.join('`, `'))}\`${name && ` in \`${name}\``}`;
  if (!isDefault(issue)) return issue.message.startsWith('Expected') ? issue.message : expected(issue.message);
  switch (issue.code) {
    case 'invalid_type':
      if (issue.expected === 'number') return expected('a number such as 10');
      return expected(`${/^[aeio]/.test(issue.expected) ? 'an' : 'a'} ${issue.expected}`);
    case 'invalid_value':
      return expected(`one of ${issue.values.join(', ')}`);
    case 'invalid_union':
      return expected('a known name, or the whole thing spelled out');
    case 'too_small':
      return expected(`at least ${issue.minimum}`);
    case 'too_big':
      return expected(`at most ${issue.maximum}`);
    default:
      return expected(issue.message);
  }
}

function shortened(text: string | undefined): string | undefined {
  return text !== undefined && text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}

const LONGEST = 200;

/** The problems inside a union's last alternative, where the value was meant for it; else the problem itself. */
export function deepestIssues(issue: Issue): Issue[] {
  if (issue.code !== 'invalid_union' || !isDefault(issue)) return [issue];
  const inner = issue.errors.at(-1) ?? [];
  if (inner.every((problem) => problem.path.length === 0 && problem.code === 'invalid_type')) return [issue];
  return inner.map((problem) => ({ ...problem, path: [...issue.path, ...problem.path] }));
}

/** Whether the message is zod's own, and not one that a check of ours was given. */
function isDefault({ message }: Issue): boolean {
  return /^(Invalid|Too|Unrecognized)\b/.test(message);
}
