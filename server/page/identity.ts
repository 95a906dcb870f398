import { avatar } from './avatar.ts';
import { byId, visitorSettings } from './dom.ts';

/** Asks for a name on the first visit, remembers it, and lets it be changed. Tells `named` at once if it is known. */
export function identity(named: (name: string) => void): void {
  const dialog = byId<HTMLDialogElement>('name-dialog');
  const input = byId<HTMLInputElement>('name');
  const take = (name: string) => {
    visitorSettings.set('name', name);
    byId('me-avatar').replaceChildren(avatar(name));
    byId('me-name').textContent = name;
    named(name);
  };

  byId('name-form').addEventListener('submit', (event) => {
    event.preventDefault();
    const name = input.value.trim();
    if (name === '') return;
    dialog.close();
    take(name);
    byId('text').focus();
  });
  // Without a name there is no chat: Escape closes the form only if there is one already.
  dialog.addEventListener('cancel', (event) => {
    if (visitorSettings.get('name') === '' && byId('me-name').textContent === '') event.preventDefault();
  });
  byId('rename').addEventListener('click', () => {
    input.value = byId('me-name').textContent ?? '';
    dialog.showModal();
    input.select();
  });

  const known = visitorSettings.get('name');
  if (known === '') dialog.showModal();
  else take(known);
}
