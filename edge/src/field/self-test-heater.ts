import { areWordsIntact } from '../io/policies/sensirion-crc.ts';
import type { I2cTransport } from '../io/transport.ts';
import type { ClimateChip } from '../sensing/sensing-config.ts';

/** Commands and heater bit of the status register (SHT3x-DIS datasheet version 5, tables 15 to 18). */
const SHT3X_HEATER_ON = Uint8Array.of(0x30, 0x6d);
const SHT3X_HEATER_OFF = Uint8Array.of(0x30, 0x66);
const SHT3X_READ_STATUS = Uint8Array.of(0xf3, 0x2d);
const SHT3X_HEATER_BIT = 0x2000;

/** User register and its heater bit, the same in both (Si7021 datasheet, table 13; HTU21D datasheet, User register). */
const SI7021_WRITE_USER = 0xe6;
const SI7021_READ_USER = Uint8Array.of(0xe7);
const SI7021_HEATER_BIT = 0x04;

/** How a heater is switched, and how the chip says that it is on. */
interface Heater {
  isOn(bus: I2cTransport, address: number): Promise<boolean>;
  turn(bus: I2cTransport, address: number, isOn: boolean): Promise<void>;
}

const SHT3X: Heater = {
  async isOn(bus, address) {
    await bus.write(address, SHT3X_READ_STATUS);
    const reply = await bus.read(address, 3);
    const [msb = 0, lsb = 0] = reply;
    return areWordsIntact(reply) && (((msb << 8) | lsb) & SHT3X_HEATER_BIT) !== 0;
  },
  turn: (bus, address, isOn) => bus.write(address, isOn ? SHT3X_HEATER_ON : SHT3X_HEATER_OFF),
};

const SI7021: Heater = {
  isOn: async (bus, address) => ((await userRegister(bus, address)) & SI7021_HEATER_BIT) !== 0,
  async turn(bus, address, isOn) {
    // The reserved bits must be written as they are read.
    const others = (await userRegister(bus, address)) & ~SI7021_HEATER_BIT;
    await bus.write(address, Uint8Array.of(SI7021_WRITE_USER, others | (isOn ? SI7021_HEATER_BIT : 0)));
  },
};

async function userRegister(bus: I2cTransport, address: number): Promise<number> {
  return (await bus.writeRead(address, SI7021_READ_USER, 1))[0] ?? 0;
}

const HEATERS: Partial<Record<ClimateChip['chip'], Heater>> = {
  sht31d: SHT3X,
  si7021: SI7021,
  htu21d: SI7021,
};

/**
 * Whether the chip switches its heater on and off when it is told to, which it must understand a command for and answer
 * with the right checksum. It is on for a few transactions: too short to warm anything. Null where the chip has no
 * heater that it can be asked about; rejects with an I2cFault where it does not answer.
 */
export async function heaterObeys(
  bus: I2cTransport,
  { chip, address }: ClimateChip,
): Promise<boolean | null> {
  const heater = HEATERS[chip];
  if (heater === undefined) return null;
  try {
    await heater.turn(bus, address, true);
    const wentOn = await heater.isOn(bus, address);
    await heater.turn(bus, address, false);
    return wentOn && !(await heater.isOn(bus, address));
  } catch (error) {
    // One that stays on would warm the thermometer beside it.
    await heater.turn(bus, address, false).catch(() => {});
    throw error;
  }
}
