import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { NODE_FLAGS } from './node-flags.ts';

test('ingest is measured with the flags that docker-compose.yml gives it', () => {
  const compose = readFileSync(new URL('../../../docker-compose.yml', import.meta.url), 'utf8');
  expect(compose).toContain(`command: [node, ${NODE_FLAGS.join(', ')}, --import, tsx, ingest/src/main.ts]`);
});
