/** Texts as they are damaged by accident or on purpose: the same for the same seed. */

/** A text with a few pieces taken out, doubled, exchanged with others of it, or replaced by something that hurts. */
export function mutatedText(whole: string, random: () => number): string {
  let text = whole;
  for (let left = 1 + Math.floor(random() * 4); left > 0; left -= 1) {
    const [from, to] = spanIn(text, random);
    const kind = random();
    const instead =
      kind < 0.25
        ? ''
        : kind < 0.45
          ? text.slice(from, to).repeat(2)
          : kind < 0.65
            ? text.slice(...spanIn(text, random))
            : thorns[Math.floor(random() * thorns.length)]!;
    text = text.slice(0, from) + instead + text.slice(to);
  }
  return text;
}

/** Half of them end where a word, a line or a value does: such a text is still one that is read far enough. */
function spanIn(text: string, random: () => number): [number, number] {
  let from = Math.floor(random() * text.length);
  let to = from + Math.floor(random() ** 2 * 40);
  if (random() < 0.5) {
    while (from > 0 && /[\w.-]/.test(text[from - 1]!)) from -= 1;
    while (to < text.length && /[\w.-]/.test(text[to]!)) to += 1;
  }
  return [from, to];
}

const thorns = [
  '0',
  '-1',
  '1e9',
  '1e400',
  '.nan',
  '10000000000s',
  '0s',
  '-5s',
  'null',
  '~',
  'true',
  '[]',
  '{}',
  '""',
  '"',
  "'",
  ': ',
  '- ',
  '\n',
  '\t',
  '&a ',
  '*a',
  '*b',
  '<<: *a',
  '!!js/function',
  '!!binary aaaa',
  '---\n',
  '#',
  '%YAML 9',
  '\u0000',
  '\u202e',
  '\ud800',
  '__proto__',
  'constructor',
  '{{ $env.HOME }}',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: as it is written in a file.
  '${HOME}',
  '{room}',
  '{nobody}',
  'x'.repeat(5000),
];
