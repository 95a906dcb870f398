import { hash } from '../base/hash.ts';
import { TokenReader, writeToken } from '../measure/ledger/token.ts';
import { Histogram } from '../measure/metrics/histogram.ts';
import { sourceOf } from '../measure/metrics/source.ts';
import { Recorder } from '../measure/record/recorder.ts';

const RECIPIENTS = 20;
const MESSAGES_PER_SECOND = 1000;
const SENDERS = 10;
const MINUTES = 10;
const run = hash('benchmark');

/** Ten simulated minutes of a busy room, recorded as the probes would; times in ns, memory in MB. */
export function measureRecorder() {
  const recorder = new Recorder(sourceOf('probes'), { run }, { bots: RECIPIENTS, rooms: 1, echo: true });
  for (let bot = 0; bot < RECIPIENTS; bot++) {
    recorder.observe({ kind: 'opened', at: 0, bot, transport: 'websocket', afterMs: 1 });
    recorder.observe({ kind: 'joined', at: 0, bot, room: 0 });
  }
  const seqs = new Array<number>(SENDERS).fill(0);
  const flushes: number[] = [];
  const heapMb: number[] = [];
  let deliveredMs = 0;
  let bytes = 0;
  let counted = 0;
  const startedAt = performance.now();
  for (let second = 0; second < MINUTES * 60; second++) {
    const texts = sendSecond(recorder, second, seqs);
    const heapBefore = process.memoryUsage().heapUsed;
    const before = performance.now();
    for (let i = 0; i < texts.length; i++) {
      const at = second * 1000 + i + 3;
      for (let bot = 0; bot < RECIPIENTS; bot++) recorder.delivered(bot, 1, texts[i]!, at);
    }
    deliveredMs += performance.now() - before;
    const grown = process.memoryUsage().heapUsed - heapBefore;
    // A second in which the collector ran shrinks: it says nothing about what was allocated.
    if (grown >= 0 && second > 5) {
      bytes += grown;
      counted += texts.length * RECIPIENTS;
    }
    const flushAt = performance.now();
    recorder.flush();
    flushes.push(performance.now() - flushAt);
    if (second % 60 === 59) heapMb.push(heapAfterCollection());
  }
  const deliveries = MINUTES * 60 * MESSAGES_PER_SECOND * RECIPIENTS;
  const wholeMs = performance.now() - startedAt;
  return {
    cost: {
      deliveredNs: (deliveredMs / deliveries) * 1e6,
      wholeNs: (wholeMs / deliveries) * 1e6,
      bytesPerDelivery: bytes / counted,
    },
    floor: measureFloor(),
    flush: { medianMs: flushes.toSorted((a, b) => a - b)[flushes.length / 2]! },
    memory: { heapMb, perSecond: MESSAGES_PER_SECOND * RECIPIENTS },
  };
}

/** What no recorder can do without: finding the token, and three histogram samples. */
function measureFloor() {
  const texts = Array.from({ length: 1000 }, (_, seq) => flat(textOf(seq % SENDERS, seq, seq)));
  const reader = new TokenReader();
  const histograms = [new Histogram(), new Histogram(), new Histogram()];
  const rounds = 2000;
  const time = (work: (text: string) => void) => {
    for (const text of texts) work(text);
    const before = performance.now();
    for (let i = 0; i < rounds; i++) for (const text of texts) work(text);
    return ((performance.now() - before) / (rounds * texts.length)) * 1e6;
  };
  const tokenNs = time((text) => reader.read(text));
  const tokenAndHistogramsNs = time((text) => {
    reader.read(text);
    for (const histogram of histograms) histogram.record(reader.seq / 100);
  });
  return { tokenNs, tokenAndHistogramsNs };
}

function sendSecond(recorder: Recorder, second: number, seqs: number[]): string[] {
  const texts: string[] = [];
  for (let i = 0; i < MESSAGES_PER_SECOND; i++) {
    const bot = i % SENDERS;
    const dueAt = second * 1000 + i;
    const seq = seqs[bot]!++;
    recorder.observe({ kind: 'sent', at: dueAt + 0.1, bot, room: 0, seq, dueAt });
    texts.push(flat(textOf(bot, seq, dueAt)));
  }
  return texts;
}

function textOf(sender: number, seq: number, dueAt: number): string {
  return writeToken('sure, after lunch works for me', {
    kind: 'probe',
    run,
    clock: 1,
    sender,
    room: 0,
    seq,
    dueUs: dueAt * 1000,
  });
}

/** As a text comes out of a socket: one piece, not a rope of concatenations. */
function flat(text: string): string {
  return JSON.parse(JSON.stringify(text));
}

function heapAfterCollection(): number {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed / 1e6;
}
