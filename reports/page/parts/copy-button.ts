import { el } from './elements.ts';

/** A button that copies a text made when it is pressed, and says that it did. */
export function copyButton(name: string, text: () => string, className = 'plain'): HTMLButtonElement {
  const button = el('button', className, name);
  button.type = 'button';
  let reset: ReturnType<typeof setTimeout> | undefined;
  const tell = (word: string) => {
    button.textContent = word;
    clearTimeout(reset);
    reset = setTimeout(() => {
      button.textContent = name;
    }, TOLD_MS);
  };
  button.addEventListener('click', async () => tell((await copied(text())) ? 'Copied' : 'Not allowed to copy'));
  return button;
}

const TOLD_MS = 2000;

/** Whether the text is in the clipboard now; a page that is served without https has only the old way. */
async function copied(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const area = el('textarea', 'unseen', text);
    document.body.append(area);
    area.select();
    const done = document.execCommand('copy');
    area.remove();
    return done;
  }
}
