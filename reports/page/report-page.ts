import type { PageRecord } from '../render/page-record.ts';
import { verdictWord } from '../wording/verdict-wording.ts';
import { Charts } from './charts/charts.ts';
import { TimeView } from './charts/time-view.ts';
import { type Child, el } from './elements.ts';
import { remember } from './reader-state.ts';
import { otherRunInput, versusSection } from './sections/comparison-section.ts';
import { connectionsSection } from './sections/connections-section.ts';
import { environmentSection } from './sections/environment-section.ts';
import { fallbackSection } from './sections/fallback-section.ts';
import { latencySection } from './sections/latency-section.ts';
import { ledgerSection } from './sections/ledger-section.ts';
import { outagesSection } from './sections/outages-section.ts';
import { overview } from './sections/overview-section.ts';
import { trafficSection } from './sections/traffic-section.ts';
import { verdictStrip } from './sections/verdict-section.ts';
import { vitalsSection } from './sections/vitals-section.ts';
import { Tabs } from './tabs.ts';
import { themeSwitch } from './theme.ts';
import { hashOf, placeOf } from './url-hash.ts';
import { wholeRunButton } from './zoom-note.ts';

/** The page: its bar, and the runs on it, a tab each where there are several. They may be shown again, changed. */
export class Page {
  readonly #time = new TimeView();
  readonly #main = el('main', '');
  readonly #status = el('p', 'status');
  #records: readonly PageRecord[] = [];
  #other: PageRecord | undefined;
  #charts: Charts[] = [];
  #tab = 0;

  constructor() {
    this.#status.setAttribute('role', 'status');
    const theme = themeSwitch((medium) => {
      for (const charts of this.#charts) charts.recolour(medium);
    });
    const compare = otherRunInput(
      (record) => this.#compare(record),
      (sentence) => this.say(sentence),
    );
    document.body.append(
      el('header', 'bar', el('p', 'brand', 'chatstorm'), this.#status, compare, theme),
      this.#main,
      wholeRunButton(this.#time),
    );
    this.#restore();
    this.#time.watch(() => this.#keep());
    addEventListener('hashchange', () => {
      this.#restore();
      if (this.#records.length > 1) this.show(this.#records);
    });
  }

  /** Shows runs in the place of those before; what the reader has opened, hidden and focused stays so. */
  show(records: readonly PageRecord[]): void {
    const recall = remember(this.#main);
    const { cursor } = this.#time;
    for (const charts of this.#charts) charts.close();
    this.#records = records;
    this.#tab = Math.min(this.#tab, records.length - 1);
    document.title = `${titleOf(records)} · chatstorm`;
    this.#charts = records.map((record) => new Charts(record, this.#time));
    const panels = records.map((record, i) => this.#panel(record, this.#charts[i]!));
    if (panels.length === 1) this.#main.replaceChildren(...panels);
    else this.#main.replaceChildren(...this.#tabbed(records, panels));
    this.#charts[this.#tab]?.draw();
    recall();
    // A chart that goes takes the focus with it, and that the cursor.
    this.#time.point(cursor);
  }

  /** Says something about the page itself; an empty sentence takes it back. */
  say(sentence: string, kind: 'plain' | 'live' = 'plain'): void {
    this.#status.className = `status ${kind}`;
    // What changes each second would keep a screen reader talking.
    this.#status.ariaLive = kind === 'live' ? 'off' : 'polite';
    if (this.#status.textContent !== sentence) this.#status.textContent = sentence;
  }

  #panel(record: PageRecord, charts: Charts): HTMLElement {
    return el('div', 'run', ...sectionsOf(record, charts, this.#other), charts.voice);
  }

  #tabbed(records: readonly PageRecord[], panels: readonly HTMLElement[]): HTMLElement[] {
    const tabs = new Tabs(records.map(nameOf), panels, this.#tab, (tab) => {
      this.#tab = tab;
      this.#charts[tab]?.draw();
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

function sectionsOf(record: PageRecord, charts: Charts, other: PageRecord | undefined): Child[] {
  return [
    verdictStrip(record),
    other && versusSection(record, other),
    outagesSection(record, charts),
    fallbackSection(record, charts),
    latencySection(record, charts, other),
    ledgerSection(record),
    trafficSection(record, charts),
    connectionsSection(record, charts),
    vitalsSection(record, charts),
    environmentSection(record),
  ];
}

function titleOf(records: readonly PageRecord[]): string {
  const [only, ...others] = records;
  if (only && others.length === 0)
    return `${only.scenario.name}: ${only.isRunning ? 'in progress' : verdictWord(only)}`;
  return `${records.length} runs`;
}

/** What a tab is called: its scenario, numbered where there are several of it. */
function nameOf({ scenario }: PageRecord, at: number, records: readonly PageRecord[]): string {
  const same = (one: PageRecord) => one.scenario.name === scenario.name;
  if (records.filter(same).length === 1) return scenario.name;
  return `${scenario.name} ${records.slice(0, at + 1).filter(same).length}`;
}
