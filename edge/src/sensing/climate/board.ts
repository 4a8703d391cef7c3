import five, { type Board, type MultiOptions } from 'johnny-five';
import type { EdgeIO } from '../../io/edge-io.ts';
import type { ClimateChip } from '../sensing-config.ts';
import { sht4xControllers } from './sht4x-controllers.ts';
import { tmp117Controller } from './tmp117-controller.ts';

/** What a climate chip measures; a quantity that it lacks is left out. */
export interface ClimateReading {
  temperatureC: number;
  relativeHumidityPct?: number;
  pressureHpa?: number;
}

/** A chip behind its driver. */
export interface ClimateDriver {
  /** The values of the last good reply; null until each quantity has had one. */
  reading(): ClimateReading | null;
}

/**
 * johnny-five's own drivers. That of the HTU21D serves the Si7021 too, which has the same commands and formulas: the
 * driver that bears its name rounds to 0.1 °C and takes the temperature from the humidity measurement before.
 */
const CONTROLLERS: Record<Exclude<ClimateChip['chip'], 'sht4x' | 'tmp117'>, MultiOptions['controller']> = {
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
  drive({ chip, address }: ClimateChip, intervalMs: number): ClimateDriver {
    const options = { board: this.#board, address, freq: intervalMs };
    if (chip === 'sht4x') return driveSht4x(options);
    if (chip === 'tmp117') return driveTmp117(options);
    return driveMulti({ ...options, controller: CONTROLLERS[chip] });
  }
}

function driveMulti(options: MultiOptions): ClimateDriver {
  const multi = new five.Multi(options);
  return {
    reading: () =>
      multi.isReady
        ? {
            temperatureC: multi.thermometer.celsius,
            ...(multi.hygrometer && { relativeHumidityPct: withinScale(multi.hygrometer.relativeHumidity) }),
            ...(multi.barometer && { pressureHpa: hectopascals(multi.barometer.pressure) }),
          }
        : null,
  };
}

function driveSht4x(options: Omit<MultiOptions, 'controller'>): ClimateDriver {
  const controllers = sht4xControllers();
  const hygrometer = new five.Hygrometer({ ...options, controller: controllers.hygrometer });
  const thermometer = new five.Thermometer({ ...options, controller: controllers.thermometer });
  return {
    reading() {
      const temperatureC = thermometer.celsius;
      if (Number.isNaN(temperatureC)) return null;
      return { temperatureC, relativeHumidityPct: withinScale(hygrometer.relativeHumidity) };
    },
  };
}

function driveTmp117(options: Omit<MultiOptions, 'controller'>): ClimateDriver {
  const thermometer = new five.Thermometer({ ...options, controller: tmp117Controller() });
  return {
    reading() {
      const temperatureC = thermometer.celsius;
      return Number.isNaN(temperatureC) ? null : { temperatureC };
    },
  };
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
