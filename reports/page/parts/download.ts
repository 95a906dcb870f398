import { el } from './elements.ts';

/** A button that saves a file made when it is pressed; `of` is heard, not seen. */
export function downloadButton(
  name: string,
  of: string,
  file: string,
  content: () => Blob | Promise<Blob>,
): HTMLButtonElement {
  const button = el('button', 'save', name, el('span', 'unseen', ` ${of}`));
  button.type = 'button';
  button.addEventListener('click', async () => save(file, await content()));
  return button;
}

/** Has the browser save a file. */
export function save(file: string, content: Blob): void {
  const link = el('a', '');
  link.href = URL.createObjectURL(content);
  link.download = file;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
