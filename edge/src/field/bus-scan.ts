import { I2cFault, type I2cTransport } from '../io/transport.ts';
import { CHIP_KINDS, type ChipKind, kindsAt } from './chip-catalogue.ts';

/** Addresses that may belong to a chip; the others are reserved (I2C-bus specification UM10204, section 3.1.12). */
export const FIRST_ADDRESS = 0x08;
export const LAST_ADDRESS = 0x77;

/**
 * What one address said.
 * - `chip`: it said who it is; `stranger`: something answers that is none of the chips we know
 * - `held`: the bus, or a driver of the kernel, does not let us ask
 * - `unasked`: an EEPROM may be there, and a stray write would change it
 */
export type Answer = { kind: 'chip'; chip: ChipKind } | { kind: 'stranger' | 'silent' | 'held' | 'unasked' };

export interface ScannedAddress {
  address: number;
  answer: Answer;
}

/** An address and its answer in plain JSON: a chip is named. */
export interface ScanRow {
  address: number;
  kind: Answer['kind'];
  chip?: string;
}

export function rowOf({ address, answer }: ScannedAddress): ScanRow {
  return answer.kind === 'chip'
    ? { address, kind: 'chip', chip: answer.chip.name }
    : { address, kind: answer.kind };
}

/** A chip that this version does not know, because a newer agent found it, is a stranger. */
export function scannedOf({ address, kind, chip: name }: ScanRow): ScannedAddress {
  if (kind !== 'chip') return { address, answer: { kind } };
  const chip = CHIP_KINDS.find((candidate) => candidate.name === name);
  return { address, answer: chip === undefined ? { kind: 'stranger' } : { kind, chip } };
}

/** Asks every address who is there. Nothing is written but the pointers and commands of the catalogue. */
export async function scanBus(bus: I2cTransport): Promise<ScannedAddress[]> {
  return scanWith((address) => askAddress(bus, address));
}

/** The same, one address after the other, by whoever can ask one. */
export async function scanWith(ask: (address: number) => Promise<Answer>): Promise<ScannedAddress[]> {
  const scanned: ScannedAddress[] = [];
  for (let address = FIRST_ADDRESS; address <= LAST_ADDRESS; address++)
    scanned.push({ address, answer: await ask(address) });
  return scanned;
}

/** Whether nothing at all could be asked: a line is held low, or there is no pull-up. */
export function isBusStuck(scanned: readonly ScannedAddress[]): boolean {
  const asked = scanned.filter(({ answer }) => answer.kind !== 'unasked');
  return asked.length > 0 && asked.every(({ answer }) => answer.kind === 'held');
}

export async function askAddress(bus: I2cTransport, address: number): Promise<Answer> {
  const kinds = kindsAt(address);
  let hasAnswered = false;
  for (const chip of kinds) {
    try {
      if (await chip.isThere(bus, address)) return { kind: 'chip', chip };
      hasAnswered = true;
    } catch (error) {
      if (!(error instanceof I2cFault)) throw error;
      if (error.kind !== 'nack') return { kind: 'held' };
    }
  }
  if (hasAnswered) return { kind: 'stranger' };
  if (mayBeMemory(address)) return { kind: kinds.length > 0 ? 'silent' : 'unasked' };
  return { kind: (await bus.probe(address)) ? 'stranger' : 'silent' };
}

/** EEPROMs, and the write protection of those on memory modules, which a write without data can set (i2cdetect(8)). */
function mayBeMemory(address: number): boolean {
  return (address >= 0x30 && address <= 0x37) || (address >= 0x50 && address <= 0x5f);
}
