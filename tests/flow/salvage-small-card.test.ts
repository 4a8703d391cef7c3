import {
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DeviceRecord, isEventKind } from '@jostle/contracts';
import { Outbox } from '@jostle/edge/outbox';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { compareHeld, heldRecords } from '../drills/edge-disk/held-records.ts';
import { BOOT_ID, draftsFrom } from '../drills/edge-disk/readings.ts';
import { missingNeed } from '../drills/needs.ts';
import { mountSmallDisk, type SmallDisk } from '../drills/support/small-disk.ts';
import { describeUnlessMissing } from '../support/requirements.ts';

const RECORDS = 8_000;
const DISK_MB = 12;
const MB = 1024 * 1024;
const MAX_RECORDS = 100_000;

describeUnlessMissing(missingNeed(['mount']), 'a damaged outbox on a card that is nearly full', () => {
  let folder: string;
  let disk: SmallDisk;
  let path: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'jostle-card-'));
    disk = mountSmallDisk(join(folder, 'card'), DISK_MB);
    path = join(disk.path, 'outbox.db');
  });
  afterEach(() => {
    disk.unmount();
    rmSync(folder, { recursive: true });
  });

  /** An outbox without its first page, on a disk that has so many bytes left beside its ballast. */
  async function damagedBeside(freeBytes: (fileBytes: number) => number): Promise<DeviceRecord[]> {
    const outbox = new Outbox({ path, log: pino({ level: 'silent' }), maxRecords: MAX_RECORDS });
    const records = outbox.append(draftsFrom(0, RECORDS), BOOT_ID);
    expect(outbox.hasBallast).toBe(true);
    outbox.close();
    writeFileSync(path, readFileSync(path).fill(0, 0, 4096));
    await disk.fill();
    const filler = join(disk.path, 'filler');
    truncateSync(filler, statSync(filler).size - freeBytes(statSync(path).size));
    return records;
  }

  function opened() {
    const codes: string[] = [];
    const log = pino({}, { write: (line) => codes.push(JSON.parse(line).code) });
    const outbox = new Outbox({ path, log, maxRecords: MAX_RECORDS });
    return { outbox, codes: codes.filter((code) => code !== undefined) };
  }

  test('keeps its events and the newest of the others, names the rest, and goes on', async () => {
    const records = await damagedBeside((fileBytes) => MB + fileBytes / 2);
    const { outbox, codes } = opened();
    try {
      const held = heldRecords(outbox);
      const { lost, altered, kept } = compareHeld(records, held);
      expect({ lost, altered }).toEqual({ lost: 0, altered: 0 });
      expect(kept).toBeGreaterThan(RECORDS / 4);
      expect(kept).toBeLessThan(RECORDS);
      const seqs = new Set(held.map(({ seq }) => seq));
      expect(records.filter(({ kind, seq }) => isEventKind(kind) && !seqs.has(seq))).toEqual([]);
      expect(records.slice(-RECORDS / 4).filter(({ seq }) => !seqs.has(seq))).toEqual([]);
      expect(codes).toEqual(['EDGE_OUTBOX_NO_ROOM', 'EDGE_OUTBOX_DAMAGED']);
      const stored = outbox.append(draftsFrom(RECORDS, 50), BOOT_ID);
      expect(stored.filter(({ kind }) => kind !== 'tombstone')).toHaveLength(50);
    } finally {
      outbox.close();
    }
  });

  test('has the room of its ballast, and goes on in that', async () => {
    const records = await damagedBeside(() => 0);
    const { outbox, codes } = opened();
    try {
      expect(existsSync(`${path}.ballast`)).toBe(false);
      const held = heldRecords(outbox);
      expect(compareHeld(records, held)).toMatchObject({ lost: 0, altered: 0 });
      const events = (all: readonly DeviceRecord[]) =>
        all.filter(({ kind, seq }) => isEventKind(kind) && kind !== 'tombstone' && seq <= RECORDS);
      expect(events(held)).toHaveLength(events(records).length);
      expect(codes).toEqual(['EDGE_OUTBOX_NO_ROOM', 'EDGE_OUTBOX_DAMAGED']);
      for (let n = 0; n < 20; n++) outbox.append(draftsFrom(RECORDS + 50 * n, 50), BOOT_ID);
    } finally {
      outbox.close();
    }
  });
});
