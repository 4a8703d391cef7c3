/** Registers of the ADXL375 (datasheet rev. B, Register Map); I2C address 0x53, or 0x1D with the ALT ADDRESS pin high. */
export const DEVICE_ID = 0x00;
export const BW_RATE = 0x2c;
export const POWER_CTL = 0x2d;
export const INT_ENABLE = 0x2e;
export const INT_SOURCE = 0x30;
export const DATA_FORMAT = 0x31;
export const DATA_X0 = 0x32;
export const FIFO_CTL = 0x38;
export const FIFO_STATUS = 0x39;

/** Contents of DEVICE_ID: the ADXL345 has the same. */
export const DEVICE_ID_VALUE = 0xe5;

/** 800 Hz: the highest rate for I2C at 400 kHz (same, section I2C). */
export const RATE_800_HZ = 0x0d;
export const RATE_HZ = 800;

export const STANDBY = 0x00;
export const MEASURE = 0x08;

/** Bits 3, 1 and 0 must be set; right-justified, interrupts active high, no self-test (same, Register 0x31). */
export const FORMAT_RIGHT_JUSTIFIED = 0x0b;

/** FIFO modes (register 0x38). Bypass empties the FIFO; stream keeps the newest samples; watermark at 16. */
export const FIFO_BYPASS = 0x00;
export const FIFO_STREAM = 0x80 | 16;

/** INT_ENABLE and INT_SOURCE: watermark and overrun. */
export const WATERMARK = 0x02;
export const OVERRUN = 0x01;

/** Entries in FIFO_STATUS. */
export const ENTRIES_MASK = 0x3f;

/** Scale factor, g per count: typically 20.5 counts per g (same, Specifications). */
export const COUNT_G = 0.049;
/** Measurement range, g (same, Specifications). */
export const RANGE_G = 200;
