import type { Finding } from '../../../../measure/run-record/run-record.ts';
import type { PageRecord } from '../../../render/page-record.ts';
import { counted } from '../../../wording/quantities.ts';
import type { TimeView } from '../../charts/time-view.ts';
import { copyButton } from '../../parts/copy-button.ts';
import { el, folded, section } from '../../parts/elements.ts';
import { timeOf } from '../../parts/format.ts';
import { prose } from '../../parts/prose.ts';

/** Findings that are open; the others are folded. */
const OPEN = 3;

/** What follows from the run, a card each, the most severe first; nothing without findings. */
export function whatNextSection({ findings, isRunning }: PageRecord, time: TimeView): HTMLElement | undefined {
  if (findings.length === 0) return undefined;
  const cards = (some: readonly Finding[]) =>
    el('ol', 'cards', ...some.map((finding) => el('li', finding.severity, ...cardOf(finding, time))));
  const rest = findings.slice(OPEN);
  return section(
    'next',
    isRunning ? 'Findings so far' : 'What to do next',
    '',
    cards(findings.slice(0, OPEN)),
    rest.length > 0 ? folded(counted(rest.length, 'more finding'), '', () => cards(rest)) : undefined,
  );
}

function cardOf({ severity, title, evidence, remedy, setting, shownBy }: Finding, time: TimeView): HTMLElement[] {
  const link = shownBy ? linkTo(shownBy, time) : undefined;
  return [
    el('p', 'finding-title', el('span', `severity ${severity}`, severities[severity]), el('strong', '', title)),
    el('p', '', ...prose(evidence), ' ', link),
    ...(remedy === null ? [] : [el('p', 'remedy', ...prose(remedy))]),
    ...(setting === null ? [] : [settingOf(setting)]),
  ];
}

/** Leads to the part of the page that shows it, and has the charts show when. */
function linkTo({ section, from, to }: NonNullable<Finding['shownBy']>, time: TimeView): HTMLElement {
  const isTimed = from !== null && to !== null;
  const link = el('button', 'link', isTimed ? `See ${timeOf(from)} to ${timeOf(to)}` : 'See the figures');
  link.type = 'button';
  link.addEventListener('click', () => {
    if (isTimed) time.zoom({ from, to });
    const panel = link.closest('.run');
    const heading = panel?.querySelector(`section h2[id$="${section}"]`);
    heading?.scrollIntoView({ behavior: 'instant', block: 'start' });
  });
  return link;
}

function settingOf(setting: string): HTMLElement {
  return el(
    'div',
    'setting',
    el('pre', '', setting),
    copyButton('Copy', () => setting),
  );
}

const severities: Readonly<Record<Finding['severity'], string>> = {
  critical: 'critical',
  warning: 'warning',
  info: 'info',
};
