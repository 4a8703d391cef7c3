import type { EdgeIO } from '../../io/edge-io.ts';

/** What johnny-five makes `this` while it starts a controller of ours. */
interface Component {
  readonly io: EdgeIO;
}

/** How a controller starts: it tells raw values from then on. */
interface Initialize {
  value(this: Component, options: { address: number }, tell: (raw: number) => void): void;
}

/** A controller object is a set of property descriptors. `raw` is null until a value was told, for which the result is NaN. */
export interface ThermometerController {
  initialize: Initialize;
  toCelsius: { value(raw: number | null): number };
}

export interface HygrometerController {
  initialize: Initialize;
  toRelativeHumidity: { value(raw: number | null): number };
}
