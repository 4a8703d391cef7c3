import {
  chmodSync,
  chownSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Credentials, issueToken, parseCredentials, verify } from './credentials.ts';
import { CredentialsFile } from './credentials-file.ts';
import { issueClients } from './issue-clients.ts';

const a = issueToken('BOX-A', 'device');
const b = issueToken('BOX-B', 'device');
const ingest = issueToken('ingest', 'ingest');
const credentials: Credentials = { clients: [a.entry, b.entry, ingest.entry] };
/** `nobody` of Debian. */
const SOMEBODY = 65_534;
const log = pino({ level: 'silent' });

test('an entry holds the hash of a token of 256 bits, not the token', () => {
  expect(Buffer.from(a.token, 'base64url')).toHaveLength(32);
  expect(JSON.stringify(credentials)).not.toContain(a.token);
});

test.each([
  ['BOX-A', a.token, 'device'],
  ['ingest-7f3a', ingest.token, 'ingest'],
  ['BOX-A', b.token, undefined],
  ['BOX-A', '', undefined],
  ['BOX-A-1', a.token, undefined],
  ['BOX-C', a.token, undefined],
  ['ingest-7f3a', a.token, undefined],
  ['ingestion', ingest.token, undefined],
])('client %s with that token has its role, or none', (id, token, role) => {
  expect(verify(credentials, id, token)?.role).toBe(role);
});

/** What a broker sees that does not run as root: root may read everything. */
function asSomebody<T>(look: () => T): T {
  if (process.getuid?.() !== 0) return look();
  process.seteuid?.(SOMEBODY);
  try {
    return look();
  } finally {
    process.seteuid?.(0);
  }
}

describe('the credentials file', () => {
  let folder: string;
  let path: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'jostle-credentials-'));
    path = join(folder, 'credentials.json');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  test('is read again when it changes, and the old one stays when the new one is damaged', () => {
    writeFileSync(path, JSON.stringify({ clients: [a.entry] }));
    const file = new CredentialsFile(path, log);
    expect(file.current().clients).toEqual([a.entry]);
    writeFileSync(path, JSON.stringify(credentials));
    expect(file.current().clients).toHaveLength(3);
    writeFileSync(path, '{"clients": [');
    utimesSync(path, 1, 1);
    expect(file.current().clients).toHaveLength(3);
  });

  test('that may not be read at first is read once it may, without another change, and is complained of once', () => {
    writeFileSync(path, JSON.stringify({ clients: [a.entry] }));
    const lines: string[] = [];
    const file = new CredentialsFile(path, pino({ level: 'error' }, { write: (line) => lines.push(line) }));
    chmodSync(folder, 0o711);
    rmSync(path);
    writeFileSync(path, JSON.stringify(credentials), { mode: 0o000 });
    for (let login = 0; login < 3; login++)
      expect(asSomebody(() => file.current().clients)).toEqual([a.entry]);
    expect(lines).toHaveLength(1);
    chmodSync(path, 0o644);
    expect(asSomebody(() => file.current().clients)).toHaveLength(3);
  });

  test.each([
    ['no JSON', 'hello'],
    ['another shape', '{"clients":[{"id":"A","role":"root","tokenSha256":"00"}]}'],
  ])('with %s is refused at the start', (_name, text) => {
    writeFileSync(path, text);
    expect(() => new CredentialsFile(path, log)).toThrow(
      /JOSTLE_MQTT_CREDENTIALS: .*is not a credentials file/,
    );
  });

  test('is made by the tool with tokens that its clients can read, and a second run keeps the others', () => {
    const tokenOf = (id: string) => readFileSync(join(folder, 'tokens', `${id}.token`), 'utf8').trim();
    const issue = (...ids: string[]) =>
      issueClients(
        path,
        join(folder, 'tokens'),
        ids.map((id) => ({ id, role: 'device' })),
      );
    issue('BOX-A', 'BOX-B');
    const [oldA, oldB] = [tokenOf('BOX-A'), tokenOf('BOX-B')];
    issue('BOX-A');
    const made = parseCredentials(readFileSync(path, 'utf8'));
    expect(verify(made, 'BOX-A', oldA)).toBeUndefined();
    expect(verify(made, 'BOX-A', tokenOf('BOX-A'))?.role).toBe('device');
    expect(verify(made, 'BOX-B', oldB)?.role).toBe('device');
    for (const file of [path, join(folder, 'tokens', 'BOX-A.token')])
      expect(statSync(file).mode & 0o077).toBe(0);
  });

  test.skipIf(process.getuid?.() !== 0)('still belongs to the broker after root has issued tokens', () => {
    const issue = (id: string) => issueClients(path, join(folder, 'tokens'), [{ id, role: 'device' }]);
    issue('BOX-A');
    chownSync(path, SOMEBODY, SOMEBODY);
    issue('BOX-B');
    expect(statSync(path)).toMatchObject({ uid: SOMEBODY, gid: SOMEBODY });
  });
});
