import type { PageRecord } from '../render/page-record.ts';
import type { Page } from './frame/report-page.ts';

/** Where a run in progress tells of itself, and the command that makes its report where it does not come to it. */
export interface LiveRun {
  readonly url: string;
  readonly rebuild: string;
}

/** Shows a run in progress: each message is the record so far, `final` the last of them. */
export function follow({ url, rebuild }: LiveRun, page: Page): void {
  const source = new EventSource(url);
  const show = unlessHeld((record: PageRecord) => page.show([record]));
  let progress = 'Waiting for the run …';
  let giveUp: ReturnType<typeof setTimeout> | undefined;
  page.await('The run has not started yet. This page will show it as soon as it does.');
  page.say(progress, 'live');
  source.addEventListener('message', ({ data }) => {
    const record = JSON.parse(data) as PageRecord;
    progress = progressWords(record);
    show({ ...record, isRunning: true });
    page.say(progress, 'live');
  });
  source.addEventListener('final', ({ data }) => {
    source.close();
    show(JSON.parse(data) as PageRecord);
    page.say('The run is over.');
  });
  source.addEventListener('open', () => {
    clearTimeout(giveUp);
    giveUp = undefined;
    page.say(progress, 'live');
  });
  source.addEventListener('error', () => {
    const isOver = source.readyState === EventSource.CLOSED;
    page.say(
      `The connection to the run was lost. The page shows what has arrived so far.${isOver ? '' : ' Trying again …'}`,
    );
    giveUp ??= setTimeout(() => page.lose(rebuild), isOver ? 0 : PATIENCE_MS);
  });
}

/** A run that says nothing for so long has ended without a word. */
const PATIENCE_MS = 5000;

function progressWords({ timeline, phases }: PageRecord): string {
  const total = phases.warmup + phases.measure + phases.drain;
  return `live: ${Math.min(timeline.seconds, total)} of ${total} s`;
}

/** Waits with the latest as long as a button of the pointer is down: nothing moves away from under a drag. */
function unlessHeld<T>(show: (one: T) => void): (one: T) => void {
  let held = false;
  let waiting: T | undefined;
  const release = () => {
    held = false;
    if (waiting !== undefined) show(waiting);
    waiting = undefined;
  };
  addEventListener('pointerdown', () => {
    held = true;
  });
  // The click comes after; what it is on has to be there still.
  for (const end of ['pointerup', 'pointercancel']) addEventListener(end, () => setTimeout(release));
  return (one) => {
    if (held) waiting = one;
    else show(one);
  };
}
