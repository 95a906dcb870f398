import { el } from '../parts/elements.ts';

const themes = ['system', 'light', 'dark'] as const;
type Theme = (typeof themes)[number];

const KEY = 'chatstorm-theme';

/** A choice of the page's colours, kept where the browser allows it; `changed` is called with them and around printing. */
export function themeSwitch(changed: (medium: 'screen' | 'print') => void): HTMLElement {
  const system = matchMedia('(prefers-color-scheme: dark)');
  let theme = kept();
  const apply = (medium: 'screen' | 'print' = 'screen') => {
    const isDark = medium === 'screen' && (theme === 'system' ? system.matches : theme === 'dark');
    document.documentElement.dataset.scheme = isDark ? 'dark' : 'light';
    changed(medium);
  };
  system.addEventListener('change', () => apply());
  addEventListener('beforeprint', () => apply('print'));
  addEventListener('afterprint', () => apply());
  const choices = themes.map((name) => {
    const input = el('input', '');
    Object.assign(input, { type: 'radio', name: 'theme', value: name, checked: name === theme });
    input.addEventListener('change', () => {
      theme = name;
      keep(name);
      apply();
    });
    return el('label', '', input, name);
  });
  apply();
  return el('fieldset', 'theme', el('legend', 'unseen', 'Colours'), ...choices);
}

/** A file that was opened from disk may have no storage: then a choice lasts as long as the page. */
function kept(): Theme {
  try {
    const name = localStorage.getItem(KEY);
    return themes.find((theme) => theme === name) ?? 'system';
  } catch {
    return 'system';
  }
}

function keep(theme: Theme): void {
  try {
    localStorage.setItem(KEY, theme);
  } catch {
    // Nothing is lost but the choice.
  }
}
