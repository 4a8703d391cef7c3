import { chownSync, existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { MqttRole } from '@jostle/contracts';
import { type Credentials, issueToken, parseCredentials } from './credentials.ts';

/** Readable by its owner only. */
const SECRET_MODE = 0o600;

/**
 * Issues a new token to each client: its hash goes into the credentials file, the token itself into `ID.token` in
 * the tokens folder. A token that the client had before is no longer valid; other clients keep theirs.
 */
export function issueClients(
  credentialsPath: string,
  tokensDir: string,
  clients: readonly { id: string; role: MqttRole }[],
): void {
  mkdirSync(tokensDir, { recursive: true, mode: 0o700 });
  const before: Credentials = existsSync(credentialsPath)
    ? parseCredentials(readFileSync(credentialsPath, 'utf8'))
    : { clients: [] };
  const issued = clients.map(({ id, role }) => ({ id, ...issueToken(id, role) }));
  const kept = before.clients.filter((entry) => !issued.some(({ id }) => id === entry.id));
  for (const { id, token } of issued) writeWhole(join(tokensDir, `${id}.token`), `${token}\n`);
  const credentials: Credentials = { clients: [...kept, ...issued.map(({ entry }) => entry)] };
  writeWhole(credentialsPath, `${JSON.stringify(credentials, null, 2)}\n`);
}

/**
 * By rename, so that a broker that reads meanwhile sees the old file or the new one, never half of it. The owner stays:
 * root may issue tokens for a broker that runs as somebody else.
 */
function writeWhole(path: string, text: string): void {
  const owner = existsSync(path) ? statSync(path) : undefined;
  writeFileSync(`${path}.new`, text, { mode: SECRET_MODE });
  if (owner !== undefined) chownSync(`${path}.new`, owner.uid, owner.gid);
  renameSync(`${path}.new`, path);
}
