/**
 * Registers of the ADXL345 (datasheet rev. G, Register Map) and the ADXL375 (rev. B, same section); I2C address 0x53, or
 * 0x1D with the ALT ADDRESS pin high.
 */
export const DEVICE_ID = 0x00;
export const BW_RATE = 0x2c;
export const POWER_CTL = 0x2d;
export const INT_ENABLE = 0x2e;
export const INT_SOURCE = 0x30;
export const DATA_FORMAT = 0x31;
export const DATA_X0 = 0x32;
export const FIFO_CTL = 0x38;
export const FIFO_STATUS = 0x39;

/** Contents of DEVICE_ID: the two parts have the same. */
export const DEVICE_ID_VALUE = 0xe5;

/** Codes of BW_RATE by rate, Hz. 800 Hz is the highest for I2C at 400 kHz (both, section I2C). */
export const RATE_CODES = { 50: 0x09, 800: 0x0d } as const;

export const STANDBY = 0x00;
export const MEASURE = 0x08;

/**
 * Right-justified, interrupts active high, no self-test. On the ADXL375 bits 3, 1 and 0 must be set; on the ADXL345
 * they mean full resolution and ±16 g (both, Register 0x31).
 */
export const FORMAT = 0x0b;
export const FORMAT_SELF_TEST = 0x80 | FORMAT;

/** FIFO modes (register 0x38). Bypass empties the FIFO; stream keeps the newest samples. */
export const FIFO_BYPASS = 0x00;
export const FIFO_STREAM = 0x80;

/** INT_ENABLE and INT_SOURCE: watermark and overrun. */
export const WATERMARK = 0x02;
export const OVERRUN = 0x01;

/** Entries in FIFO_STATUS. */
export const ENTRIES_MASK = 0x3f;
