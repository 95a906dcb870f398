import type { RunRecord } from '../../measure/run-record.ts';
import { verdictWord } from '../sentences.ts';
import { Charts } from './charts.ts';
import { connectionsSection } from './connections.ts';
import { el } from './dom.ts';
import { fallbackSection } from './fallback.ts';
import { latencySection } from './latency.ts';
import { ledgerSection } from './ledger.ts';
import { outagesSection } from './outages.ts';
import { settingSection } from './setting.ts';
import { trafficSection } from './traffic.ts';
import { verdictStrip } from './verdict.ts';
import { vitalsSection } from './vitals.ts';

const record = JSON.parse(document.getElementById('record')!.textContent) as RunRecord;
const charts = new Charts(record);

document.title = `${record.scenario.name}: ${verdictWord(record)} · chatstorm`;
document.body.append(
  el(
    'main',
    '',
    verdictStrip(record),
    outagesSection(record, charts),
    fallbackSection(record, charts),
    latencySection(record, charts),
    ledgerSection(record),
    trafficSection(record, charts),
    connectionsSection(record, charts),
    vitalsSection(record, charts),
    settingSection(record),
  ),
);
charts.draw();
