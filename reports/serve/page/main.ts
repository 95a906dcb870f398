import { Refresh } from './refresh.ts';
import { Selection } from './selection.ts';

/** Only the list has what is searched and chosen; other pages of the server stay as they were served. */
const search = document.querySelector<HTMLFormElement>('form[role=search]');
const compare = document.querySelector<HTMLFormElement>('#compare');

if (search && compare) {
  document.documentElement.classList.add('scripted');
  const selection = new Selection(compare);
  const refresh = new Refresh(() => selection.show());
  const asked = () => refresh.go(addressOf(search));
  search.addEventListener('input', asked);
  search.addEventListener('submit', (event) => {
    event.preventDefault();
    asked();
  });
  compare.addEventListener('click', (event) => {
    const link = (event.target as Element).closest<HTMLAnchorElement>('a.sort');
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    refresh.go(link.href);
  });
  void refresh.keepUp();
}

/** The address that a form asks for, without what is empty. */
function addressOf(form: HTMLFormElement): string {
  const query = new URLSearchParams();
  for (const [name, value] of new FormData(form)) if (value !== '') query.set(name, String(value));
  return new URL(`/?${query}`, location.href).href;
}
