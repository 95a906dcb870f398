import type { RunRecord } from '../../../../measure/run-record/run-record.ts';
import { headline } from '../../../wording/headline.ts';
import { breachSentence, verdictWord } from '../../../wording/verdict-wording.ts';
import { el, section } from '../../parts/elements.ts';
import { prose } from '../../parts/prose.ts';

/** The verdicts of several runs, each with the sentence behind it; their names open the runs. */
export function overview(records: readonly RunRecord[], open: (run: number) => void): HTMLElement {
  const items = records.map((record, i) => {
    const word = verdictWord(record);
    const name = el('button', 'link', el('bdi', '', record.scenario.name));
    name.type = 'button';
    name.addEventListener('click', () => open(i));
    const [breach] = record.verdict.breaches;
    const why = el('span', '', ...prose(breach ? breachSentence(breach) : headline(record)));
    const item = el('li', 'verdict', el('span', 'word', word), name, why);
    item.dataset.verdict = word.replaceAll(' ', '-');
    return item;
  });
  return section('verdicts', `${records.length} runs`, '', el('ul', 'verdicts', ...items));
}
