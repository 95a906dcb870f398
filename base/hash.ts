/** FNV-1a over UTF-16 code units `from` (inclusive) to `to` (exclusive): a 32-bit unsigned number. */
export function hash(text: string, from = 0, to: number = text.length): number {
  let sum = 0x811c9dc5;
  for (let i = from; i < to; i++) sum = Math.imul(sum ^ text.charCodeAt(i), 0x01000193);
  return sum >>> 0;
}
