/** `npm run bench`: what chatstorm's own parts cost, beside the floor that they stand on, in one run. */

import Table from 'cli-table3';
import { countMillion, measureFloor } from './harness.ts';
import { measureProxy } from './proxy.ts';
import { measureRecorder } from './recorder.ts';

const { cost, floor, flush, memory } = measureRecorder();

console.log("\nThe recorder's cost per delivery (bar: 1.5 µs)");
const costs = new Table({
  head: ['', 'ns', 'over the floor'],
  colAligns: ['left', 'right', 'right'],
  style: { head: [], border: [] },
});
costs.push(
  ['floor: reading the token', ...row(floor.tokenNs)],
  ['floor: token and three histogram samples', ...row(floor.tokenAndHistogramsNs)],
  ['delivered(): token, ledger, windows, histograms', ...row(cost.deliveredNs)],
  ['all of it: sends and flushes included', ...row(cost.wholeNs)],
);
console.log(costs.toString());
console.log(
  `Bytes allocated per delivery: ${cost.bytesPerDelivery.toFixed(1)}; a flush of one second takes ${flush.medianMs.toFixed(1)} ms (median).`,
);

console.log(
  `\nHeap after collection, over ten simulated minutes at ${memory.perSecond.toLocaleString('en-US')} deliveries/s`,
);
const heap = new Table({
  head: ['minute', ...memory.heapMb.map((_, i) => String(i + 1))],
  style: { head: [], border: [] },
});
heap.push(['MB', ...memory.heapMb.map((mb) => mb.toFixed(1))]);
console.log(heap.toString());

function row(ns: number): [string, string] {
  return [ns.toFixed(0), `${(ns / floor.tokenAndHistogramsNs).toFixed(2)}×`];
}

const ownFloor = await measureFloor();
console.log('\nThe harness against a null target (bar: p50 below 1.5 ms on an idle machine)');
console.log(
  `p50 ${ownFloor.p50?.toFixed(2)} ms, p99 ${ownFloor.p99?.toFixed(2)} ms over ${ownFloor.messages} messages.`,
);

console.log('\nA million deliveries of the reference chat (bar: all delivered, no anomaly)');
const million = await countMillion();
console.log(
  `${million.expected} expected = ${million.delivered} delivered + ${million.lost} lost + ${million.unknown} unknown, in ${million.seconds} s.`,
);
console.log(
  Object.entries(million.anomalies)
    .map(([anomaly, n]) => `${n} ${anomaly}`)
    .join(', '),
);

const { direct, proxied, addedP50 } = await measureProxy();
console.log('\nA small message through the proxy, untouched (bar: 0.3 ms added at p50)');
console.log(
  `direct p50 ${direct.p50.toFixed(3)} ms, p99 ${direct.p99.toFixed(3)} ms; proxied p50 ${proxied.p50.toFixed(3)} ms, p99 ${proxied.p99.toFixed(3)} ms; added ${addedP50.toFixed(3)} ms.`,
);
