import { expect, test } from 'vitest';
import { html, Markup } from './markup.ts';

test.each([
  ['</script><img src=x>', '&lt;/script&gt;&lt;img src=x&gt;'],
  ['"\'&', '&quot;&#39;&amp;'],
  ['a\u202egnp.exe\u2028b', 'a\\u202egnp.exe\\u2028b'],
])('%j stays text', (text, expected) => {
  expect(html`<p title="${text}">${[text, 1]}</p>`.text).toBe(`<p title="${expected}">${expected}1</p>`);
});

test('markup is put in as it is', () => {
  expect(html`<p>${new Markup('<b>')}${html`<i>${'<'}</i>`}</p>`.text).toBe('<p><b><i>&lt;</i></p>');
});
