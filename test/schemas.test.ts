import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { projectJsonSchema } from '../commands/project-file.ts';
import { runRecordJsonSchema } from '../measure/run-record/run-record.ts';
import { parseScenario } from '../scenarios/scenario.ts';
import { readScenario, scenarioNames } from '../scenarios/scenario-files.ts';
import { scenarioJsonSchema } from '../scenarios/scenario-schema.ts';
import { root } from './support/chatstorm.ts';

/** After a wanted change: `npx vitest run test/schemas.test.ts -u`. */
test.each([
  ['measure/run-record/run-record.schema.json', runRecordJsonSchema()],
  ['scenarios/schema.json', scenarioJsonSchema()],
  ['commands/chatstorm.schema.json', projectJsonSchema()],
])('%s is what the code says', async (file, schema) => {
  await expect(`${JSON.stringify(schema, null, 2)}\n`).toMatchFileSnapshot(join(root, file));
});

test.each(scenarioNames())('the shipped scenario %s is valid, by the code and by the schema', (name) => {
  const { text, file } = readScenario(name);
  expect(parseScenario(text, file).name).toBe(name);
  const schema = JSON.parse(readFileSync(join(root, 'scenarios', 'schema.json'), 'utf8'));
  const validate = new Ajv2020({ strict: false }).compile(schema);
  validate(parse(text));
  expect(validate.errors).toBeNull();
});
