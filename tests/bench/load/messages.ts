import { chainAfter, chainStart, type DeviceRecord, encodeUpMessage } from '@jostle/contracts';

/**
 * `run`: our wire format. `rows`: the JSON that a sensor script writes, one object a reading. `stamp`: the time of
 * sending as a double, ms, and nothing else that is of use.
 */
export type Format = 'run' | 'rows' | 'stamp';

/** Of a `stamp`. */
const STAMP_BYTES = 250;

/** 2026-03-01T00:00:00Z: where the time of readings begins that are not measured when they are sent. */
const BASE_MS = Date.UTC(2026, 2, 1);
/** Between two readings of a device, likewise. */
const SPACING_MS = 1000;
/** Between the first readings of two loads. */
const SESSION_MS = 1e9;

export const deviceIdOf = (index: number) => `LOAD-${index}`;

/** Makes the messages of one device, each reading once. */
export class MessageSource {
  readonly #format: Format;
  readonly #deviceId: string;
  readonly #epoch: string;
  readonly #baseMs: number;
  #chain: string;
  #seq = 1;

  /** @param session tells the readings of one load from those of another */
  constructor(format: Format, session: number, index: number) {
    this.#format = format;
    this.#deviceId = deviceIdOf(index);
    this.#epoch = `${String(session).padStart(8, '0')}-0000-4000-8000-${String(index).padStart(12, '0')}`;
    this.#baseMs = BASE_MS + session * SESSION_MS;
    this.#chain = chainStart(this.#epoch);
  }

  /** When the next reading is measured, ms. */
  get nextMs(): number {
    return this.#baseMs + this.#seq * SPACING_MS;
  }

  /** @param nowMs when its readings are measured; they follow the readings before at the usual distance without */
  next(readings: number, nowMs?: number): Buffer {
    if (this.#format === 'stamp') {
      const payload = Buffer.alloc(STAMP_BYTES);
      payload.writeDoubleLE(nowMs ?? 0);
      return payload;
    }
    const records = Array.from({ length: readings }, (_, i) => this.#reading(this.#seq + i, nowMs));
    return Buffer.from(JSON.stringify(this.#format === 'run' ? this.#run(records) : this.#rows(records)));
  }

  #reading(seq: number, nowMs?: number): Extract<DeviceRecord, { kind: 'climate' }> {
    return {
      seq,
      kind: 'climate',
      bootId: this.#epoch,
      bootNumber: 1,
      measuredAt: nowMs === undefined ? this.#baseMs + seq * SPACING_MS : Math.floor(nowMs),
      monotonicMs: seq * SPACING_MS,
      clockQuality: 'ntp',
      body: {
        sensor: 'sht31d-44',
        temperatureC: 20 + (seq % 500) / 100,
        relativeHumidityPct: 40 + (seq % 700) / 100,
        ageMs: 12,
      },
    };
  }

  #run(records: readonly DeviceRecord[]): unknown {
    const minSeq = this.#seq;
    this.#seq += records.length;
    const chainBefore = this.#chain;
    for (const record of records) this.#chain = chainAfter(this.#chain, record);
    return encodeUpMessage(this.#epoch, { minSeq, maxSeq: this.#seq - 1 }, records, null, chainBefore);
  }

  #rows(records: readonly Extract<DeviceRecord, { kind: 'climate' }>[]): unknown {
    this.#seq += records.length;
    const rows = records.map(({ measuredAt, body }) => ({
      time: measuredAt,
      device: this.#deviceId,
      temp_c: body.temperatureC,
      rh_pct: body.relativeHumidityPct,
    }));
    return rows.length === 1 ? rows[0] : rows;
  }
}
