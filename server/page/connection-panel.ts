import type { Announcer } from './announcer.ts';
import type { Connection, Link } from './connection.ts';
import { byId } from './dom.ts';
import { formatDuration } from './format-duration.ts';
import { inSentence, transportName } from './status.ts';

/**
 * What can be known of the connection, and what a load run does to many: dropping it, and choosing its transports out of
 * those that the server offers.
 */
export function connectionPanel(connection: Connection, offered: readonly string[], announcer: Announcer): void {
  disclosure();
  for (const choice of document.querySelectorAll<HTMLInputElement>('#connection input')) {
    const { value } = choice;
    choice.disabled = value !== 'automatic' && !offered.includes(value);
    choice.addEventListener('change', () => {
      announcer.say(value === 'automatic' ? 'Reconnecting' : `Reconnecting over ${inSentence(value)}`);
      connection.use(value === 'automatic' ? [...offered] : [value]);
    });
  }
  byId('drop').addEventListener('click', () => connection.drop());
}

/** Keeps the facts true; while an outage lasts, its length runs. */
export function showFacts(): (link: Link) => void {
  let timer: ReturnType<typeof setInterval> | undefined;
  return (link) => {
    const { node, connectMs, upgradeMs, rttMs, downAt } = link;
    const show = (fact: string, value: string) => {
      byId(`fact-${fact}`).textContent = value;
    };
    show('transport', transportName(link.transport) || none);
    byId('fact-node').parentElement!.hidden = node === '';
    show('node', node);
    show('rtt', spanOr(none, rttMs));
    show('connect', spanOr(none, connectMs));
    show('upgrade', spanOr(none, upgradeMs));
    show('reconnects', String(link.reconnects));
    show('outage', spanOr('None', link.outageMs));
    show('outage-name', downAt === undefined ? 'Last outage' : 'Offline for');
    // Not `disabled`, which would take the focus from the one who pressed it.
    byId('drop').setAttribute('aria-disabled', String(link.state !== 'connected'));

    clearInterval(timer);
    if (downAt === undefined) return;
    const run = () => show('outage', formatDuration(performance.now() - downAt));
    run();
    timer = setInterval(run, 100);
  };
}

const none = '–';

function spanOr(otherwise: string, ms: number | undefined): string {
  return ms === undefined ? otherwise : formatDuration(ms);
}

/** The status pill opens and closes the panel; so does Escape, from within. */
function disclosure(): void {
  const [opener, panel] = [byId('status'), byId('connection')];
  const set = (open: boolean) => {
    panel.hidden = !open;
    opener.setAttribute('aria-expanded', String(open));
  };
  opener.addEventListener('click', () => set(panel.hidden === true));
  panel.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape') return;
    set(false);
    opener.focus();
  });
}
