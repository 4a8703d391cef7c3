/** The part of johnny-five that the agent uses; the package ships no types of its own. */
declare module 'johnny-five' {
  import type { EventEmitter } from 'node:events';

  interface BoardOptions {
    /** An IO plugin. */
    io: EventEmitter;
    repl: false;
    debug: false;
    /** With its own SIGINT listener the process would be ended before the outbox is written. */
    sigint: false;
  }

  class Board extends EventEmitter {
    constructor(options: BoardOptions);
  }

  interface MultiOptions {
    board: Board;
    controller: 'SHT31D' | 'BME280' | 'BMP280' | 'HTU21D';
    address: number;
    /** Time between events, ms; it has no bearing on when the chip is read. */
    freq: number;
  }

  /** Several quantities of one chip. The getters answer without a reading too: only believe them when `isReady`. */
  class Multi extends EventEmitter {
    constructor(options: MultiOptions);
    /** Every component has had a value. */
    readonly isReady: boolean;
    readonly thermometer: { readonly celsius: number };
    /** Only where the chip measures it, as all that follow. */
    readonly hygrometer?: { readonly relativeHumidity: number };
    /** In kPa. */
    readonly barometer?: { readonly pressure: number };
  }

  /** A controller object of one's own: property descriptors that the component is given. */
  interface ComponentOptions<Controller> extends Omit<MultiOptions, 'controller'> {
    controller: Controller;
  }

  class Thermometer extends EventEmitter {
    constructor(options: ComponentOptions<{ initialize: object; toCelsius: object }>);
    readonly celsius: number;
  }

  class Hygrometer extends EventEmitter {
    constructor(options: ComponentOptions<{ initialize: object; toRelativeHumidity: object }>);
    readonly relativeHumidity: number;
  }

  const five: {
    Board: typeof Board;
    Multi: typeof Multi;
    Thermometer: typeof Thermometer;
    Hygrometer: typeof Hygrometer;
  };
  export default five;
  export type { Board, Multi, MultiOptions };
}
