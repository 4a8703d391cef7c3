import type { ChipSurroundings, SimulatedChip } from './chip.ts';
import { sensirionReply, signalOutput } from './sensirion-reply.ts';

/** Longest duration of each measurement without heater, ms (SHT4x datasheet version 6, tables 5 and 8). */
const MEASURE_MS: ReadonlyMap<number, number> = new Map([
  [0xfd, 8.3],
  [0xf6, 4.5],
  [0xe0, 1.6],
]);
const SOFT_RESET = 0x94;
const SOFT_RESET_MS = 1;
const READ_SERIAL = 0x89;
const SERIAL_WORDS = [0x0f4e, 0x2a91];

/** Sensirion SHT4x. It does not acknowledge while it is busy, nor a read of which nothing is pending. Its heater is not modelled. */
export class Sht4x implements SimulatedChip {
  readonly #surroundings: ChipSurroundings;
  #busyUntilMs = 0;
  #pending: 'none' | 'measurement' | 'serial' = 'none';

  constructor(surroundings: ChipSurroundings) {
    this.#surroundings = surroundings;
  }

  powerOn(): void {
    this.#busyUntilMs = 0;
    this.#pending = 'none';
  }

  write(bytes: Uint8Array): boolean {
    const now = this.#surroundings.now();
    if (now < this.#busyUntilMs) return false;
    const [command] = bytes;
    if (command === undefined) return true;
    const measureMs = MEASURE_MS.get(command);
    this.#pending = 'none';
    if (measureMs !== undefined) {
      this.#pending = 'measurement';
      this.#busyUntilMs = now + measureMs;
    } else if (command === READ_SERIAL) this.#pending = 'serial';
    else if (command === SOFT_RESET) this.#busyUntilMs = now + SOFT_RESET_MS;
    else return false;
    return true;
  }

  read(length: number): Uint8Array | undefined {
    if (this.#surroundings.now() < this.#busyUntilMs || this.#pending === 'none') return undefined;
    const words = this.#pending === 'serial' ? SERIAL_WORDS : this.#measuredWords();
    this.#pending = 'none';
    return sensirionReply(words, length);
  }

  /** T = -45 + 175 S / 65535 °C and RH = -6 + 125 S / 65535 % (same, section 4.6), solved for S. */
  #measuredWords(): number[] {
    const { world } = this.#surroundings;
    const at = this.#busyUntilMs;
    return [(world.temperatureC(at) + 45) / 175, (world.relativeHumidityPct(at) + 6) / 125].map(signalOutput);
  }
}
