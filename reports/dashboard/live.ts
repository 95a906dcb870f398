import type { PageRecord } from '../page-record.ts';
import type { Page } from './page.ts';

/** Shows a run while it goes on: each message is the record so far, `final` the last of them. */
export function follow(url: string, page: Page): void {
  const source = new EventSource(url);
  let latest: PageRecord | undefined;
  page.say('Waiting for the run …', 'live');
  source.addEventListener('message', ({ data }) => {
    latest = JSON.parse(data) as PageRecord;
    page.show([latest]);
    page.say(progressWords(latest), 'live');
  });
  source.addEventListener('final', ({ data }) => {
    source.close();
    page.show([JSON.parse(data) as PageRecord]);
    page.say('');
  });
  source.addEventListener('open', () => {
    if (latest) page.say(progressWords(latest), 'live');
  });
  source.addEventListener('error', () => {
    const shown = latest ? ' What was heard so far stays here.' : '';
    const next = source.readyState === EventSource.CLOSED ? '' : ' Trying again …';
    page.say(`The run cannot be heard at the moment.${shown}${next}`);
  });
}

function progressWords({ timeline, phases }: PageRecord): string {
  const total = phases.warmup + phases.measure + phases.drain;
  return `live: ${Math.min(timeline.seconds, total)} of ${total} s`;
}
