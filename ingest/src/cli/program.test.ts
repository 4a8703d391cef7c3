import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { encodeUpMessage, JostleError } from '@jostle/contracts';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { insertEntry } from '../ledger/entries-write.ts';
import { asAnyDatabase } from '../ledger/entry-kind.ts';
import { orderKind, returnKind } from '../ledger/order-kinds.ts';
import { productKind } from '../ledger/place-kinds.ts';
import { buildServer } from '../rest/server.ts';
import { findingsOfOnly, hubFinding, serverDeps } from '../rest/server-fixture.ts';
import type { TypedApp } from '../rest/typed-app.ts';
import type { Store } from '../store/store.ts';
import { EPOCH, makeRecord } from '../testing/records.ts';
import { startScriptedServer } from '../testing/scripted-server.ts';
import { onEachStore } from '../testing/stores.ts';
import { findingText } from './finding-text.ts';
import { runCli } from './program.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const DAY = join(ROOT, 'tests/data/retail-returns/2010-12-01.csv.gz');
const MAPPING = join(ROOT, 'docs/examples/retail-mapping.json');
const API_KEY = 'correct horse battery staple';

onEachStore('the command line', (open) => {
  let folder: string;
  let store: Store;
  let app: TypedApp;
  let url: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'jostle-cli-'));
  });

  beforeEach(async () => {
    store = await open();
    const findings = findingsOfOnly('R-1');
    app = await buildServer(serverDeps(store, { findings, config: { apiKey: API_KEY } }));
    url = await app.listen({ host: '127.0.0.1', port: 0 });
  });

  afterEach(async () => {
    await app.close();
  });

  afterAll(() => rm(folder, { recursive: true, force: true }));

  /** Runs a command in this process. */
  async function jostle(args: readonly string[], given: Given = {}) {
    const { apiKey = API_KEY, isInteractive = false, at = url, answer } = given;
    const written = { out: '', err: '' };
    const code = await runCli(args, {
      config: () => ({ url: at, apiKey }),
      terminal: {
        out: (text) => {
          written.out += text;
        },
        err: (text) => {
          written.err += text;
        },
        isInteractive,
        width: 80,
        ...(answer === undefined
          ? {}
          : {
              ask: async (question: string) => {
                written.err += question;
                return answer;
              },
            }),
      },
      pause: () => new Promise((resolve) => setImmediate(resolve)),
    });
    return { code, ...written };
  }

  interface Given {
    apiKey?: string;
    isInteractive?: boolean;
    at?: string;
    answer?: string;
  }

  async function seedReturn(): Promise<void> {
    const db = asAnyDatabase(store.db);
    await insertEntry(db, productKind, { sku: 'MUG', name: 'Mug', fragility: null, climateLimits: null });
    const lines = [{ id: 1, sku: 'MUG', quantity: 1 }];
    await insertEntry(db, orderKind, { id: 'O-1', placedAt: '2026-03-01T09:00:00Z', lines });
    await insertEntry(db, returnKind, {
      id: 'R-1',
      orderId: 'O-1',
      line: 1,
      damageKind: 'shattered',
      severity: 'total',
      discoveredAt: '2026-03-02T08:00:00Z',
    });
  }

  describe('jostle import', () => {
    it('takes a gzipped day of a real shop and says what became of each row', async () => {
      const { code, out, err } = await jostle(['import', 'orders', DAY, '--map', MAPPING, '--partial']);
      expect({ code, err }).toEqual({ code: 0, err: '' });
      expect(out).toContain('3108 rows, of which 3065 imported, 19 left out, 24 refused');
      expect(out).toContain('New: 1336 products, 127 orders, 1 returns. Already there: 0.');
      expect(out).toMatch(/^ +9 {2}Postage, discounts and other charges are not goods that travel/m);
      expect(out).toMatch(/^ *\d+ {2}– +IMPORT_RETURN_UNMATCHED {2}Customer "15311" has no order line/m);
    });

    it('exits with 1 and writes nothing where a row is refused', async () => {
      const { code, out } = await jostle(['import', 'orders', DAY, '--map', MAPPING]);
      expect(code).toBe(1);
      expect(out).toContain('Nothing was written.');
      expect(await store.db.selectFrom('customer_order').selectAll().execute()).toEqual([]);
    });

    it('shows its progress to a person, and JSON to a program', async () => {
      const { out, err } = await jostle(['import', 'orders', DAY, '--map', MAPPING, '--json'], {
        isInteractive: true,
      });
      expect(JSON.parse(out)).toMatchObject({
        kind: 'orders',
        state: 'refused',
        rows: 3108,
        refusedRows: 24,
      });
      expect(err).toMatch(/\r100 % read, 3108 rows\n$/);
    });

    it('names what is wrong with a mapping', async () => {
      const map = join(folder, 'map.json');
      await writeFile(map, JSON.stringify({ orders: { fields: { colour: { column: 'x' } } } }));
      const { code, err } = await jostle(['import', 'orders', DAY, '--map', map]);
      expect(code).toBe(1);
      expect(err).toContain('IMPORT_MAPPING_INVALID: The column mapping does not fit');
      expect(err).toContain('orders have no field "colour"');
      expect(err).toContain('Fix: Compare the mapping with the header line of the file.');
    });

    it('refuses a file whose columns it does not know, with the names that it has', async () => {
      const { code, out } = await jostle(['import', 'orders', DAY]);
      expect(code).toBe(1);
      expect(out).toContain('orders need the field "placedAt"');
      expect(out).toContain('"InvoiceNo"');
    });

    it('lists the columns of each kind in its help', async () => {
      const { code, out } = await jostle(['import', 'returns', '--help']);
      expect(code).toBe(0);
      expect(out).toMatch(/discoveredAt +yes +when the damage was discovered/);
      expect(out).toMatch(/damageKind +shattered, cracked/);
    });

    it('says which file cannot be read', async () => {
      const { code, err } = await jostle(['import', 'orders', join(folder, 'nope.csv')]);
      expect(code).toBe(1);
      expect(err).toContain('nope.csv cannot be read: ENOENT');
    });
  });

  describe('jostle finding', () => {
    it('prints the verdict first, then the explanation and what it rests on', async () => {
      await seedReturn();
      const { code, out } = await jostle(['finding', 'R-1']);
      expect(code).toBe(0);
      const lines = out.split('\n');
      expect(lines[1]).toBe('TRANSIT EVENT: Leipzig hub, in the hands of Leipzig hub (93.0 %)');
      expect(lines[3]).toBe('At Leipzig hub the parcel fell about 0.8 m, far enough to break it.');
      expect(out).toMatch(/93\.0 % +Leipzig hub \(leg L-HUB\)\n5\.0 % +Packing\n2\.0 % +Not observed/);
      expect(out).toMatch(/2026-03-01T10:05:00\.000Z +L-HUB +drop +92 g +4\.90 m\/s +0\.80 m +inside/);
      expect(out).toContain('Observed: 38 min, 95.0 % of the way. Not observed: 2.0 min.');
      expect(out).toContain('device silent');
      expect(out).toContain('\nCompleteness: 99.84 % (12,480 of 12,500 records; 20 late)\n');
      expect(out).toMatch(/DEV-2 +96\.00 % +480 +20 +0 +0 +0 +0/);
      expect(out).toMatch(/DEV-2 +20 +late +– +– +2026-03-01T10:12:00\.000Z/);
    });

    it('prints a finding of before, without its completeness', () => {
      const { completeness, missing, ...before } = hubFinding('R-1');
      expect(findingText(before, 80)).not.toContain('Completeness');
      expect(findingText({ ...before, completeness: completeness as never }, 80)).toContain('Completeness: ');
    });

    it('prints the same as JSON', async () => {
      await seedReturn();
      expect(JSON.parse((await jostle(['finding', 'R-1', '--json'])).out)).toEqual(hubFinding('R-1'));
    });

    it('says which return there is not, and what to do', async () => {
      const { code, err } = await jostle(['finding', 'R-9']);
      expect({ code, err }).toEqual({
        code: 1,
        err: 'REST_NOT_FOUND: There is no return "R-9"\nFix: Check the id; /docs lists the addresses.\n',
      });
    });
  });

  describe('jostle lists', () => {
    it('shows returns with place and drop height, and an empty quarantine as empty', async () => {
      await seedReturn();
      const { out } = await jostle(['returns', 'list']);
      expect(out).toMatch(/R-1 +O-1 +shattered +transit-event +Leipzig hub +93 % +0\.80 m/);
      expect((await jostle(['quarantine', 'list'])).out).toBe('Nothing is in quarantine.\n');
    });

    it('follows the pages to the end', async () => {
      const rows = Array.from({ length: 450 }, (_, i) => ({
        device_id: 'DEV-9',
        topic: 'jostle/v1/devices/DEV-9/up',
        received_at: 0,
        code: 'INGEST_DEVICE_UNKNOWN',
        reason: 'unknown',
        raw: '',
        digest: String(i),
        epoch: null,
        seq: null,
      }));
      await store.db.insertInto('quarantine').values(rows).execute();
      const { out } = await jostle(['quarantine', 'list', '--json']);
      const ids = JSON.parse(out).map((message: { id: number }) => message.id);
      expect(ids).toEqual(Array.from({ length: 450 }, (_, i) => 450 - i));
    });
  });

  describe('jostle quarantine', () => {
    const refuse = (device: string, message: unknown) =>
      store.db
        .insertInto('quarantine')
        .values({
          device_id: device,
          topic: `jostle/v1/devices/${device}/up`,
          received_at: 0,
          code: 'INGEST_DEVICE_UNKNOWN',
          reason: 'the device is not registered',
          raw: Buffer.from(JSON.stringify(message)).toString('base64'),
          digest: device,
          epoch: null,
          seq: null,
        })
        .execute();

    it('shows the content of one and reads again those that are asked for', async () => {
      await refuse('DEV-1', encodeUpMessage(EPOCH, { minSeq: 1, maxSeq: 1 }, [makeRecord(1, 'fault')]));
      await refuse('DEV-2', { v: 99 });
      const shown = (await jostle(['quarantine', 'show', '1'])).out;
      expect(shown).toMatch(/^device +DEV-1$/m);
      expect(shown).toContain('"kind": "fault"');

      await store.db.insertInto('device').values({ id: 'DEV-1', name: 'One' }).execute();
      const { code, out } = await jostle(['quarantine', 'replay', '--all']);
      expect(code).toBe(1);
      expect(out).toMatch(/^ *1 +stored +1 +0/m);
      expect(out).toMatch(/^ *2 +refused again .*DEV-2 is not registered$/m);
      expect(out).toContain('1 stored, 1 refused again.');
      expect((await jostle(['quarantine', 'list', '--device', 'DEV-1'])).out).toBe(
        'Nothing is in quarantine.\n',
      );
      expect((await jostle(['quarantine', 'list', '--code', 'INGEST_DEVICE_UNKNOWN'])).out).toContain(
        'DEV-2',
      );
    });

    it('discards what is named, once a person or --yes said so, and nothing else', async () => {
      for (const device of ['DEV-1', 'DEV-2', 'DEV-3', 'DEV-4', 'DEV-5']) await refuse(device, { v: 99 });
      const discard = (...args: string[]) => ['quarantine', 'discard', ...args];
      const left = async () =>
        (await store.db.selectFrom('quarantine').select('id').orderBy('id').execute()).map(({ id }) => id);

      for (const args of [[], ['--yes'], ['all', '--yes'], ['2', '0', '--yes'], ['--device', '', '--yes']])
        expect((await jostle(discard(...args))).code, args.join(' ')).toBe(1);
      expect((await jostle(discard('--yes'))).err).toContain('a --device or a --code');
      const unasked = await jostle(discard('2'));
      expect(unasked.err).toContain('Say --yes where that is meant.');
      const refused = await jostle(discard('--code', 'INGEST_DEVICE_UNKNOWN'), { answer: 'y' });
      expect(refused.err).toContain(
        'Discard all with code INGEST_DEVICE_UNKNOWN? Type yes: Nothing was changed.',
      );
      expect(await left()).toEqual([1, 2, 3, 4, 5]);

      const asked = await jostle(discard('2', '4'), { answer: 'yes' });
      expect(asked).toMatchObject({ code: 0, out: '2 discarded.\n' });
      expect(asked.err).toContain('Discard 2, 4? Type yes: ');
      expect((await jostle(discard('2', '4', '5', '--yes'))).out).toBe('1 discarded.\n');
      const filters = ['--device', 'DEV-3', '--code', 'INGEST_DEVICE_UNKNOWN'];
      expect((await jostle(discard('1', ...filters, '--yes'))).out).toBe('0 discarded.\n');
      expect((await jostle(discard(...filters, '--yes'))).out).toBe('1 discarded.\n');
      expect(await left()).toEqual([1]);
    });

    it('reads the others again where one fails, and shows what became of them', async () => {
      const messageOf = (seq: number) =>
        encodeUpMessage(EPOCH, { minSeq: 1, maxSeq: 3 }, [makeRecord(seq, 'fault')]);
      for (const seq of [1, 2, 3]) await refuse(`DEV-${seq}`, messageOf(seq));
      await store.db.deleteFrom('quarantine').where('id', '=', 2).execute();
      for (const id of ['DEV-1', 'DEV-3'])
        await store.db.insertInto('device').values({ id, name: id }).execute();
      const { code, out, err } = await jostle(['quarantine', 'replay', '1', '2', '3']);
      expect(code).toBe(1);
      expect(out).toMatch(/^ *1 +stored +1 +0/m);
      expect(out).toMatch(/^ *3 +stored +1 +0/m);
      expect(err).toContain('2: REST_NOT_FOUND');
    });

    it('shows what was stored until the service was gone, and asks no further', async () => {
      const stored = { id: 1, isStored: true, stored: 1, duplicates: 0, reason: null };
      const server = await startScriptedServer((_, request) =>
        request === 1 ? { status: 200, body: JSON.stringify(stored) } : 'cut',
      );
      onTestFinished(server.close);
      const { code, out, err } = await jostle(['quarantine', 'replay', '1', '2', '3'], { at: server.url });
      expect(code).toBe(1);
      expect(out).toMatch(/^ *1 +stored +1 +0/m);
      expect(err).toContain('2: Nothing answers');
      expect(server.bodies).toHaveLength(2);
    });

    it('asks which ones are meant', async () => {
      const { code, err } = await jostle(['quarantine', 'replay']);
      expect(code).toBe(1);
      expect(err).toContain('--all');
      expect((await jostle(['quarantine', 'show', '77'])).err).toContain('REST_NOT_FOUND');
    });
  });

  describe('the way to the service', () => {
    it('says which address does not answer and how to start the service', async () => {
      const probe = createServer().listen(0, '127.0.0.1');
      await new Promise((resolve) => probe.once('listening', resolve));
      const { port } = probe.address() as { port: number };
      await new Promise((resolve) => probe.close(resolve));
      const { code, err } = await jostle(['returns', 'list'], { at: `http://127.0.0.1:${port}` });
      expect(code).toBe(1);
      expect(err).toContain(`Nothing answers at http://127.0.0.1:${port} (connect ECONNREFUSED`);
      expect(err).toContain('npm start');
    });

    it('says that the key is wrong', async () => {
      const { code, err } = await jostle(['returns', 'list'], { apiKey: 'wrong' });
      expect(code).toBe(1);
      expect(err).toContain('REST_UNAUTHORISED');
    });

    it('exits with 78 and the key where the configuration is wrong', async () => {
      const err: string[] = [];
      const code = await runCli(['returns', 'list'], {
        config: () => {
          throw new JostleError('CONFIG_INVALID', 'JOSTLE_URL: must be an address');
        },
        terminal: { out: () => {}, err: (text) => err.push(text), isInteractive: false, width: 80 },
        pause: async () => {},
      });
      expect({ code, err }).toEqual({ code: 78, err: ['JOSTLE_URL: must be an address\n'] });
    });

    it('works as a program of its own, with the key from a file', async () => {
      await seedReturn();
      const keyFile = join(folder, 'key');
      await writeFile(keyFile, `${API_KEY}\n`);
      const env = { PATH: process.env['PATH'], JOSTLE_URL: url, JOSTLE_API_KEY_FILE: keyFile };
      const program = join(ROOT, 'ingest/bin/jostle.js');
      const { stdout } = await promisify(execFile)(process.execPath, [program, 'finding', 'R-1'], { env });
      expect(stdout).toContain('TRANSIT EVENT: Leipzig hub');
    });
  });
});
