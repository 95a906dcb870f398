const letters = '0123456789abcdefghijklmnopqrstuvwxyz.AZ üß😀'.split('');

/** A text with the character at `at` changed to another one. */
export function garbled(text: string, at: number, random: () => number): string {
  const others = letters.filter((letter) => letter !== text[at]);
  return text.slice(0, at) + others[Math.floor(random() * others.length)]! + text.slice(at + 1);
}

/** Where the token begins in the text of a measured message. */
export function tokenAt(text: string): number {
  return text.lastIndexOf('0cs.p.');
}
