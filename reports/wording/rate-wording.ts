import { knownNumberOf, messageRate } from '../../measure/run-record/read-metrics.ts';
import type { FoldedRun } from '../../measure/run-record/run-record.ts';
import { plainNumber } from './quantities.ts';

/** How many messages a second the probes were to send and sent; once where that is the same. */
export function rateWords(record: FoldedRun): string {
  const measured = plainNumber(knownNumberOf(record, 'messages.rate') ?? 0);
  if (record.target.mode === 'listening') return `${measured} messages/s measured`;
  const planned = plainNumber(messageRate(record));
  return planned === measured
    ? `${planned} messages/s planned and measured`
    : `${planned} messages/s planned, ${measured} measured`;
}
