import five, { type Board, type MultiOptions } from 'johnny-five';
import type { EdgeIO } from '../../io/edge-io.ts';
import type { ClimateChip } from '../sensing-config.ts';

/** What a climate chip measures; a quantity that it lacks is left out. */
export interface ClimateReading {
  temperatureC: number;
  relativeHumidityPct?: number;
  pressureHpa?: number;
}

/** A chip behind johnny-five's own driver. */
export interface ClimateDriver {
  /** The values of the last good reply; null until each quantity has had one. */
  reading(): ClimateReading | null;
}

/**
 * johnny-five's driver of each chip. That of the HTU21D serves the Si7021 too, which has the same commands and formulas:
 * the driver that bears its name rounds to 0.1 °C and takes the temperature from the humidity measurement before.
 */
const CONTROLLERS: Record<ClimateChip['chip'], MultiOptions['controller']> = {
  sht31d: 'SHT31D',
  bme280: 'BME280',
  bmp280: 'BMP280',
  si7021: 'HTU21D',
  htu21d: 'HTU21D',
};

/** johnny-five's board on our bus. A driver cannot be taken down again: silence it with `EdgeIO.close`. */
export class ClimateBoard {
  readonly #board: Board;

  private constructor(board: Board) {
    this.#board = board;
  }

  static async open(io: EdgeIO): Promise<ClimateBoard> {
    const board = new five.Board({ io, repl: false, debug: false, sigint: false });
    await new Promise((resolve) => board.once('ready', resolve));
    return new ClimateBoard(board);
  }

  /** Starts the driver; the chip must have been identified and have a policy by now. */
  drive(chip: ClimateChip, intervalMs: number): ClimateDriver {
    const multi = new five.Multi({
      board: this.#board,
      controller: CONTROLLERS[chip.chip],
      address: chip.address,
      freq: intervalMs,
    });
    return {
      reading: () =>
        multi.isReady
          ? {
              temperatureC: multi.thermometer.celsius,
              ...(multi.hygrometer && {
                relativeHumidityPct: withinScale(multi.hygrometer.relativeHumidity),
              }),
              ...(multi.barometer && { pressureHpa: hectopascals(multi.barometer.pressure) }),
            }
          : null,
    };
  }
}

/**
 * A chip reads a little below 0 % in dry air and above 100 % in wet air; the datasheets of the Si7021 (section 5.1.1)
 * and the SHT4x (section 4.6) say to limit it.
 */
function withinScale(pct: number): number {
  return Math.min(100, Math.max(0, pct));
}

/** From kPa, to the pascal. */
function hectopascals(kilopascals: number): number {
  return Math.round(kilopascals * 1000) / 100;
}
