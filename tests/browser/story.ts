import {
  type DeviceRecord,
  type DeviceWithState,
  deviceTopic,
  encodeUpMessage,
  packWaveform,
  type RecordDraft,
  type ShockBody,
  ssccFrom,
} from '@jostle/contracts';
import mqtt from 'mqtt';
import { expect, vi } from 'vitest';

const START = Date.UTC(2026, 2, 1, 9, 30);
const MINUTE = 60_000;
const EPOCH = '8f14e45f-ceea-467f-a8d2-6f1b8a7d5c11';
const at = (minutes: number) => new Date(START + minutes * MINUTE).toISOString();

/** Puts entries into the ledger as an operator would. */
export type Post = (path: string, entry: object) => Promise<void>;

export function postTo(url: string): Post {
  return async (path, entry) => {
    const answer = await fetch(`${url}/api/v1/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(entry),
    });
    expect(answer.status, `${path}: ${await answer.text()}`).toBeLessThan(300);
  };
}

/** Two vases on their way over a hub, each with a recorder: the first one falls there. */
export async function fileLedger(post: Post): Promise<void> {
  await post('sites', { id: 'WH-KIEL', name: 'Warehouse Kiel', kind: 'warehouse' });
  await post('sites', { id: 'HUB-HH', name: 'Hub Hamburg', kind: 'hub' });
  await post('sites', { id: 'CUST-HB', name: 'Customer Bremen', kind: 'customer' });
  await post('carriers', { id: 'SWIFT', name: 'Swift Parcel' });
  const fragility = { criticalAccelerationG: 60, criticalVelocityChangeMps: 2.5 };
  await post('products', { sku: 'VASE', name: 'Glass vase', fragility, climateLimits: null });
  const lines = [1, 2].map((id) => ({ id, sku: 'VASE', quantity: 1 }));
  await post('orders', { id: 'ORD-1', placedAt: at(-600), lines });
  for (const line of [1, 2]) await fileParcel(post, line);
}

async function fileParcel(post: Post, line: number): Promise<void> {
  const shipment = ssccFrom(`1061414123456789${line}`);
  await post('shipments', { sscc: shipment, parent: null, lines: [{ orderId: 'ORD-1', line, quantity: 1 }] });
  const leg = (id: string, mode: string, custodian: string, from: string, to: string, times: object) =>
    post('legs', { id: `LEG-${line}-${id}`, shipment, mode, custodian, from, to, ...times });
  const during = (from: number, to: number) => ({ startsAt: at(from), endsAt: at(to) });
  await leg('PACK', 'packing', 'WH-KIEL', 'WH-KIEL', 'WH-KIEL', during(0, 8));
  await leg('LINE', 'road', 'SWIFT', 'WH-KIEL', 'HUB-HH', during(8, 18));
  await leg('HUB', 'handling', 'SWIFT', 'HUB-HH', 'HUB-HH', during(18, 26));
  await leg('LAST', 'road', 'SWIFT', 'HUB-HH', 'CUST-HB', during(26, 40));
  await post('devices', { id: `DEV-${line}`, name: `Recorder ${line}` });
  await post('assignments', {
    id: `ASG-${line}`,
    device: `DEV-${line}`,
    shipment,
    site: null,
    zone: null,
    ...during(-5, 60),
  });
}

/** The returns that the customers file: the fallen vase shattered, the other one scratched. */
export async function fileReturns(post: Post): Promise<void> {
  const claim = (line: number, damageKind: string, severity: string) =>
    post('returns', {
      id: `RET-${line}`,
      orderId: 'ORD-1',
      line,
      damageKind,
      severity,
      discoveredAt: at(300),
    });
  await claim(1, 'shattered', 'total');
  await claim(2, 'scratched', 'cosmetic');
}

/** Sends what a device recorded over the way until ingest has it; the same records again change nothing. */
export async function sendRecords(
  broker: string,
  url: string,
  device: string,
  hasFallen: boolean,
): Promise<void> {
  const client = await mqtt.connectAsync(broker, { clientId: device, protocolVersion: 4 });
  const records = recordsOf(hasFallen);
  const span = { minSeq: 1, maxSeq: records.length };
  const message = JSON.stringify(encodeUpMessage(EPOCH, span, records));
  await vi.waitFor(
    async () => {
      await client.publishAsync(deviceTopic(device, 'up'), message, { qos: 1 });
      const known = await fetch(`${url}/api/v1/devices/${device}`);
      const { state } = (await known.json()) as DeviceWithState;
      expect(state).toMatchObject({ backlog: 0, lastMeasuredAt: at(40) });
    },
    { timeout: 15_000, interval: 200 },
  );
  await client.endAsync();
}

/** Sends the first and the last of four records of another outbox, from minutes 10 and 20: it still holds the two between. */
export async function holdRecords(broker: string, device: string): Promise<void> {
  const client = await mqtt.connectAsync(broker, { clientId: device, protocolVersion: 4 });
  const epoch = EPOCH.replace('8f14', '1111');
  for (const [seq, minute] of [
    [1, 9],
    [4, 19],
  ] as const) {
    const record = { ...coverage(minute), seq, bootId: epoch };
    const message = encodeUpMessage(epoch, { minSeq: 1, maxSeq: 4 }, [record]);
    await client.publishAsync(deviceTopic(device, 'up'), JSON.stringify(message), { qos: 1 });
  }
  await client.endAsync();
}

/** Tells ingest of an outbox that begins with its 42nd record: those before it are nowhere. */
export async function loseRecords(broker: string, device: string): Promise<void> {
  const client = await mqtt.connectAsync(broker, { clientId: device, protocolVersion: 4 });
  const epoch = EPOCH.replace('8f14', '0000');
  const record = { ...coverage(0), seq: 42, bootId: epoch };
  const message = encodeUpMessage(epoch, { minSeq: 42, maxSeq: 42 }, [record]);
  await client.publishAsync(deviceTopic(device, 'up'), JSON.stringify(message), { qos: 1 });
  await client.endAsync();
}

function recordsOf(hasFallen: boolean): DeviceRecord[] {
  const drafts = Array.from({ length: 40 }, (_, minute) => coverage(minute));
  if (hasFallen) drafts.splice(22, 0, shock(START + 22.4 * MINUTE));
  return drafts.map((draft, i) => ({ ...draft, seq: i + 1, bootId: EPOCH }));
}

function coverage(minute: number): RecordDraft {
  const startsAt = START + minute * MINUTE;
  const endsAt = startsAt + MINUTE;
  const body = { startsAt, endsAt, samples: 48_000, lostSamples: 0, peakG: 1.1, rejectedTriggers: 0 };
  return {
    kind: 'coverage',
    measuredAt: endsAt,
    monotonicMs: endsAt - START,
    clockQuality: 'ntp',
    body: { sensor: 'adxl375-53', ...body },
  };
}

/** A fall of 0.404 s (0.80 m) that ends in a half-sine of 9 ms. */
function shock(impactAt: number): RecordDraft {
  const rateHz = 800;
  const preMs = 600;
  const xyz = Array.from({ length: 800 }, (_, i) => {
    const ms = (i * 1000) / rateHz - preMs;
    const pulse = ms >= 0 && ms <= 9 ? 110 * Math.sin((Math.PI * ms) / 9) : 0;
    return [0.1 * pulse, -0.2 * pulse, pulse + (ms < 0 && ms > -404 ? 0 : 1)];
  }).flat();
  const body: ShockBody = {
    sensor: 'adxl375-53',
    impactAt,
    peakG: { x: 11, y: 22, z: 110, resultant: 112 },
    durationMs: 9,
    velocityChangeMps: 5.1,
    impactClass: 'drop',
    freeFallMs: 404,
    dropHeightM: 0.8,
    equivalentDropHeightM: { low: 0.33, high: 1.33 },
    clipped: { x: false, y: false, z: false },
    rateHz,
    isBandwidthLimited: false,
    fairing: { filter: 'none', cornerHz: 0 },
    waveform: packWaveform(xyz, rateHz, preMs, 0.05),
  };
  return { kind: 'shock', measuredAt: impactAt, monotonicMs: impactAt - START, clockQuality: 'ntp', body };
}
