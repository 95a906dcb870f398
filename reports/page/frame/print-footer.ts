/** Has printed pages tell in their margin which run they are of, and their number. */
export function printFooter(text: string): void {
  const sheet = document.styleSheets[0];
  if (!sheet) return;
  const rules = [...sheet.cssRules];
  const old = rules.findIndex((rule) => rule instanceof CSSPageRule);
  if (old >= 0) sheet.deleteRule(old);
  const quoted = text.replace(/["\\\n]/g, (mark) => `\\${mark.charCodeAt(0).toString(16)} `);
  const font = 'font: 9px sans-serif; color: #586174;';
  sheet.insertRule(
    `@page { margin: 14mm 12mm 16mm; @bottom-left { content: "${quoted}"; ${font} } @bottom-right { content: counter(page) " / " counter(pages); ${font} } }`,
    sheet.cssRules.length,
  );
}
