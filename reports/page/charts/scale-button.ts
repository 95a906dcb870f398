import { el } from '../parts/elements.ts';

export type ScaleType = 'linear' | 'logarithmic';

/** Switches between the two axes; its name is what it leads to. */
export function scaleButton(first: ScaleType, choose: (scale: ScaleType) => void): HTMLButtonElement {
  let scale = first;
  const name = () => `${scale === 'linear' ? 'Logarithmic' : 'Linear'} axis`;
  const button = el('button', 'save', name());
  button.type = 'button';
  button.addEventListener('click', () => {
    scale = scale === 'linear' ? 'logarithmic' : 'linear';
    button.textContent = name();
    choose(scale);
  });
  return button;
}
