import type { ChipSurroundings, SimulatedChip } from './chip.ts';
import { sensirionReply, signalOutput } from './sensirion-reply.ts';

/** Longest duration of each single-shot command, ms (Sensirion SHT3x datasheet, system timing specifications). */
const MEASURE_MS: ReadonlyMap<number, number> = new Map([
  [0x2400, 15.5],
  [0x240b, 6.5],
  [0x2416, 4.5],
  [0x2c06, 15.5],
  [0x2c0d, 6.5],
  [0x2c10, 4.5],
]);
const SOFT_RESET = 0x30a2;
const SOFT_RESET_MS = 1.5;
const READ_STATUS = 0xf32d;
const CLEAR_STATUS = 0x3041;
const HEATER_ON = 0x306d;
const HEATER_OFF = 0x3066;

/** Status after power-up or reset: alert pending and reset detected (SHT3x datasheet, status register). */
const STATUS_AFTER_RESET = 0x8010;
const STATUS_HEATER = 0x2000;

/**
 * Sensirion SHT31, single shot. It does not acknowledge while it is busy, nor a read of which nothing is pending.
 * A clock-stretching command answers at once, since the time in which it would hold the bus is not simulated.
 */
export class Sht31 implements SimulatedChip {
  readonly #surroundings: ChipSurroundings;
  #status = STATUS_AFTER_RESET;
  #busyUntilMs = 0;
  #pending: 'none' | 'measurement' | 'status' = 'none';

  constructor(surroundings: ChipSurroundings) {
    this.#surroundings = surroundings;
  }

  powerOn(): void {
    this.#status = STATUS_AFTER_RESET;
    this.#busyUntilMs = 0;
    this.#pending = 'none';
  }

  write(bytes: Uint8Array): boolean {
    const now = this.#surroundings.now();
    if (now < this.#busyUntilMs) return false;
    if (bytes.length === 0) return true;
    const command = ((bytes[0] ?? 0) << 8) | (bytes[1] ?? 0);
    const measureMs = MEASURE_MS.get(command);
    if (measureMs !== undefined) {
      const isStretching = command >> 8 === 0x2c;
      this.#busyUntilMs = isStretching ? now : now + measureMs;
      this.#pending = 'measurement';
      return true;
    }
    this.#pending = 'none';
    if (command === READ_STATUS) this.#pending = 'status';
    else if (command === CLEAR_STATUS) this.#status &= STATUS_HEATER;
    else if (command === HEATER_ON) this.#status |= STATUS_HEATER;
    else if (command === HEATER_OFF) this.#status &= ~STATUS_HEATER;
    else if (command === SOFT_RESET) {
      this.powerOn();
      this.#busyUntilMs = now + SOFT_RESET_MS;
    } else return false;
    return true;
  }

  read(length: number): Uint8Array | undefined {
    if (this.#surroundings.now() < this.#busyUntilMs || this.#pending === 'none') return undefined;
    const words = this.#pending === 'status' ? [this.#status] : this.#measuredWords();
    this.#pending = 'none';
    return sensirionReply(words, length);
  }

  /** T = -45 + 175 S / 65535 °C and RH = 100 S / 65535 % (SHT3x datasheet, conversion of signal output), solved for S. */
  #measuredWords(): number[] {
    const { world } = this.#surroundings;
    const at = this.#busyUntilMs;
    return [(world.temperatureC(at) + 45) / 175, world.relativeHumidityPct(at) / 100].map(signalOutput);
  }
}
