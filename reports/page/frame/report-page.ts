import type { PageRecord } from '../../render/page-record.ts';
import { Charts } from '../charts/charts.ts';
import { TimeView } from '../charts/time-view.ts';
import { copyButton } from '../parts/copy-button.ts';
import { type Child, el } from '../parts/elements.ts';
import { showHints } from '../parts/hints.ts';
import { capacitySection } from '../sections/capacity-section.ts';
import { otherRunInput, versusSection } from '../sections/comparison-section.ts';
import { connectionsSection } from '../sections/connections-section.ts';
import { environmentSection } from '../sections/environment-section.ts';
import { fallbackSection, networksSection } from '../sections/fallback-section.ts';
import { latencySection } from '../sections/latency/latency-section.ts';
import { ledgerSection } from '../sections/ledger/ledger-section.ts';
import { nodesSection } from '../sections/nodes-section.ts';
import { outagesSection, recoverySection } from '../sections/outages/outages-section.ts';
import { sessionSection } from '../sections/session-section.ts';
import { overview } from '../sections/top/overview-section.ts';
import { identityLine } from '../sections/top/run-identity.ts';
import { verdictOf, verdictStrip } from '../sections/top/verdict-section.ts';
import { whatNextSection } from '../sections/top/what-next-section.ts';
import { trafficSection } from '../sections/traffic-section.ts';
import { vitalsSection } from '../sections/vitals-section.ts';
import { PageBar } from './page-bar.ts';
import { printFooter } from './print-footer.ts';
import { remember } from './reader-state.ts';
import { Tabs } from './tabs.ts';
import { themeSwitch } from './theme.ts';
import { prefixIds } from './unique-ids.ts';
import { hashOf, placeOf } from './url-hash.ts';

/** The page: its bar, and the runs on it, a tab each where there are several. They may be shown again, changed. */
export class Page {
  readonly #time = new TimeView();
  readonly #main = el('main', '');
  readonly #bar: PageBar;
  #records: readonly PageRecord[] = [];
  #other: PageRecord | undefined;
  #charts: Charts[] = [];
  #panels: readonly HTMLElement[] = [];
  #tab = 0;

  /** `home` is where the list of runs is, for a page that is served. */
  constructor(home?: string) {
    const theme = themeSwitch((medium) => {
      for (const charts of this.#charts) charts.recolour(medium);
    });
    const compare = otherRunInput(
      (record) => this.#compare(record),
      (sentence) => this.say(sentence),
    );
    this.#bar = new PageBar(this.#time, home, [compare, theme]);
    document.body.append(this.#bar.element, this.#main);
    showHints();
    this.#restore();
    this.#time.watch(() => this.#keep());
    addEventListener('hashchange', () => {
      this.#restore();
      if (this.#records.length > 1) this.show(this.#records);
    });
    // Also where no chart has the focus, as on a page that was opened at a stretch.
    document.addEventListener('keydown', ({ key }) => {
      if (key !== 'Escape') return;
      this.#time.point(null);
      this.#time.zoom(null);
    });
  }

  /** Says that there is no run to be seen yet. */
  await(sentence: string): void {
    if (this.#records.length === 0) this.#main.replaceChildren(el('p', 'card awaited', sentence));
  }

  /** Says that the run has ended without a word, and what makes its report from what it wrote. */
  lose(rebuild: string): void {
    const command = el(
      'div',
      'setting',
      el('pre', '', rebuild),
      copyButton('Copy', () => rebuild),
    );
    const words =
      'The run ended without a word: the process that made it has gone. What it wrote is not lost. Make its report with:';
    this.#main.prepend(el('div', 'card lost', el('p', '', words), command));
  }

  /** Shows runs in the place of those before; what the reader has opened, hidden and focused stays so. */
  show(records: readonly PageRecord[]): void {
    const recall = remember(this.#main);
    const { cursor } = this.#time;
    for (const charts of this.#charts) charts.close();
    this.#records = records;
    this.#tab = Math.min(this.#tab, records.length - 1);
    document.title = `${titleOf(records)} · chatstorm`;
    printFooter(records.length === 1 ? identityLine(records[0]!) : titleOf(records));
    this.#charts = records.map((record) => new Charts(record, this.#time));
    this.#panels = records.map((record, i) => this.#panel(record, this.#charts[i]!));
    if (records.length > 1) for (const [i, panel] of this.#panels.entries()) prefixIds(panel, `run-${i + 1}-`);
    this.#main.replaceChildren(...(records.length > 1 ? this.#tabbed(records, this.#panels) : this.#panels));
    this.#charts[this.#tab]?.draw();
    this.#tellBar();
    recall();
    // A chart that goes takes the focus with it, and that the cursor.
    this.#time.point(cursor);
  }

  /** Says something about the page itself; an empty sentence takes it back. */
  say(sentence: string, kind: 'plain' | 'live' = 'plain'): void {
    this.#bar.say(sentence, kind);
  }

  #tellBar(): void {
    const [record, panel] = [this.#records[this.#tab], this.#panels[this.#tab]];
    if (record && panel) this.#bar.show(record, panel);
  }

  #panel(record: PageRecord, charts: Charts): HTMLElement {
    return el('div', 'run', ...sectionsOf(record, charts, this.#time, this.#other), charts.voice);
  }

  #tabbed(records: readonly PageRecord[], panels: readonly HTMLElement[]): HTMLElement[] {
    const tabs = new Tabs(records.map(nameOf), panels, this.#tab, (tab) => {
      this.#tab = tab;
      this.#charts[tab]?.draw();
      this.#tellBar();
      this.#keep();
    });
    return [overview(records, (tab) => tabs.select(tab)), tabs.list, ...panels];
  }

  #compare(record: PageRecord | undefined): void {
    this.#other = record;
    this.say(record ? `Compared with run ${record.id}.` : '');
    this.show(this.#records);
    if (record) document.getElementById('versus')?.scrollIntoView();
  }

  #restore(): void {
    const { tab, stretch } = placeOf(location.hash);
    this.#tab = Math.max(0, Number(tab ?? 1) - 1) || 0;
    this.#time.zoom(stretch);
  }

  #keep(): void {
    const hash = hashOf({ tab: this.#tab === 0 ? null : String(this.#tab + 1), stretch: this.#time.stretch });
    // A hash that is not about the page's place, such as that of a heading, stays as long as there is nothing to say.
    const { tab, stretch } = placeOf(location.hash);
    if (hash === location.hash || (hash === '' && tab === null && stretch === null)) return;
    history.replaceState(null, '', hash === '' ? location.href.split('#')[0] : hash);
  }
}

function sectionsOf(record: PageRecord, charts: Charts, time: TimeView, other: PageRecord | undefined): Child[] {
  const outcome = [
    outagesSection(record),
    fallbackSection(record),
    sessionSection(record, charts),
    whatNextSection(record, time),
  ];
  const latency = latencySection(record, charts, other);
  return [
    verdictStrip(record),
    other && versusSection(record, other),
    // During a run its charts come first; what it comes to is known when it is over.
    ...(record.isRunning ? [latency, ...outcome] : [...outcome, latency]),
    recoverySection(record, charts),
    capacitySection(record, charts),
    nodesSection(record, charts),
    networksSection(record, charts),
    ledgerSection(record, charts),
    trafficSection(record, charts),
    connectionsSection(record, charts),
    vitalsSection(record, charts),
    environmentSection(record),
  ];
}

function titleOf(records: readonly PageRecord[]): string {
  const [only, ...others] = records;
  if (only && others.length === 0) return `${verdictOf(only)}: ${identityLine(only)}`;
  return `${records.length} runs: ${[...new Set(records.map(({ scenario }) => scenario.name))].join(', ')}`;
}

/** What a tab is called: its scenario, numbered where there are several of it. */
function nameOf({ scenario }: PageRecord, at: number, records: readonly PageRecord[]): string {
  const same = (one: PageRecord) => one.scenario.name === scenario.name;
  if (records.filter(same).length === 1) return scenario.name;
  return `${scenario.name} ${records.slice(0, at + 1).filter(same).length}`;
}
