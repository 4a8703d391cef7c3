import { parseArgs } from 'node:util';
import type { MqttRole } from '@jostle/contracts';
import { issueClients } from './identity/issue-clients.ts';

const USAGE = 'usage: issue-tokens --credentials FILE --tokens FOLDER (device:ID | ingest:ID)…';
/** A command line that cannot be used (sysexits.h, EX_USAGE). */
const EXIT_USAGE = 64;

function clientOf(text: string): { id: string; role: MqttRole } | undefined {
  const [, role, id] = /^(device|ingest):([A-Za-z0-9][A-Za-z0-9_-]{0,63})$/.exec(text) ?? [];
  return id === undefined ? undefined : { id, role: role as MqttRole };
}

const { values, positionals } = parseArgs({
  options: { credentials: { type: 'string' }, tokens: { type: 'string' } },
  allowPositionals: true,
});
const clients = positionals.flatMap((text) => clientOf(text) ?? []);
const { credentials, tokens } = values;
if (credentials === undefined || tokens === undefined || clients.length !== positionals.length) {
  console.error(USAGE);
  process.exit(EXIT_USAGE);
}
issueClients(credentials, tokens, clients);
