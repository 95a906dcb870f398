import type { PageRecord } from '../render/page-record.ts';
import { bytesOf, decompressed } from './decompress.ts';
import { follow } from './live.ts';
import { Page } from './report-page.ts';

/** Either the runs stand in the page, or where to hear of the one that goes on. */
const packed = document.getElementById('records');
const events = document.getElementById('events');
const page = new Page();

if (packed) void unpacked(packed.textContent).then((records) => page.show(records));
else if (events) follow(JSON.parse(events.textContent), page);

/** JSON from base64 of gzip. */
async function unpacked(base64: string): Promise<PageRecord[]> {
  return decompressed(bytesOf(base64), 'gzip').json();
}
