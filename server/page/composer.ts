import { byId } from './dom.ts';

/** The form to write in: Enter sends, Shift and Enter starts a new line, and typing is told at most once a second. */
export function composer(say: (text: string) => void, sayTyping: () => void): void {
  const form = byId<HTMLFormElement>('composer');
  const input = byId<HTMLTextAreaElement>('text');
  let toldAt = Number.NEGATIVE_INFINITY;

  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const text = input.value.trim();
    if (text === '') return;
    input.value = '';
    toldAt = Number.NEGATIVE_INFINITY;
    say(text);
    input.focus();
  });
  input.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    form.requestSubmit();
  });
  input.addEventListener('input', () => {
    const now = performance.now();
    if (input.value.trim() === '' || now - toldAt < 1000) return;
    toldAt = now;
    sayTyping();
  });
}

/** Who is typing, in words; somebody counts as typing for three seconds. `typing` has names with when they last did. */
export function typingSentence(typing: Map<string, number>, now: number): string {
  for (const [name, at] of typing) if (now - at > 3000) typing.delete(name);
  const names = [...typing.keys()];
  if (names.length === 0) return '';
  if (names.length === 1) return `${names[0]} is typing…`;
  if (names.length === 2) return `${names[0]} and ${names[1]} are typing…`;
  return `${names.length} people are typing…`;
}
