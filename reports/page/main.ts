import type { PageRecord } from '../render/page-record.ts';
import { Page } from './frame/report-page.ts';
import { follow } from './live.ts';
import { bytesOf, decompressed } from './parts/decompress.ts';

/** The page holds either the runs, or the address of the events of a run in progress; where it is served, that of the list of runs. */
const packed = document.getElementById('records');
const events = document.getElementById('events');
const home = document.getElementById('home');
const page = new Page(home ? (JSON.parse(home.textContent) as string) : undefined);

if (packed) void unpacked(packed.textContent).then((records) => page.show(records));
else if (events) follow(JSON.parse(events.textContent), page);

/** JSON from base64 of gzip. */
async function unpacked(base64: string): Promise<PageRecord[]> {
  return decompressed(bytesOf(base64), 'gzip').json();
}
