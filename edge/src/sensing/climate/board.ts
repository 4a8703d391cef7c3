import five, { type Board } from 'johnny-five';
import type { EdgeIO } from '../../io/edge-io.ts';
import type { ClimateChip } from '../sensing-config.ts';

/** What a climate chip measures; a quantity that it lacks is left out. */
export interface ClimateReading {
  temperatureC: number;
  relativeHumidityPct: number;
  pressureHpa?: number;
}

/** A chip behind johnny-five's own driver. */
export interface ClimateDriver {
  /** The values of the last good reply; null until each quantity has had one. */
  reading(): ClimateReading | null;
}

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
      controller: chip.chip === 'bme280' ? 'BME280' : 'SHT31D',
      address: chip.address,
      freq: intervalMs,
    });
    return {
      reading: () =>
        multi.isReady
          ? {
              temperatureC: multi.thermometer.celsius,
              relativeHumidityPct: multi.hygrometer.relativeHumidity,
              ...(multi.barometer && { pressureHpa: hectopascals(multi.barometer.pressure) }),
            }
          : null,
    };
  }
}

/** From kPa, to the pascal. */
function hectopascals(kilopascals: number): number {
  return Math.round(kilopascals * 1000) / 100;
}
