import { type Clock, MINUTE_MS } from '@jostle/contracts';
import { ClockWatch } from '../clock/clock-watch.ts';
import { BusQueue } from '../io/bus-queue.ts';
import { EdgeIO } from '../io/edge-io.ts';
import type { I2cTransport } from '../io/transport.ts';
import { ClimateBoard } from './climate/board.ts';
import { ClimateSensor } from './climate/climate-sensor.ts';
import { DraftOutlet } from './draft-outlet.ts';
import type { FromSensing } from './protocol.ts';
import type { SensingConfig } from './sensing-config.ts';
import { ShockChannel } from './shock/shock-channel.ts';

/** How often the clock is looked at, ms. */
const CLOCK_WATCH_MS = 1000;

export interface SensingOptions {
  transport: I2cTransport;
  clock: Clock;
  sensors: SensingConfig;
  /** Is given `ready` once and then `records`; the other messages are for the worker around it to send. */
  emit(message: FromSensing): void;
}

export interface Sensing {
  /** Resolves when the bus has had a turn: while it does not, a transaction hangs. */
  busTurn(): Promise<void>;
  /** Reads what is left in the chips, sends all records and stops. The transport stays open. */
  stop(): Promise<void>;
}

/**
 * Starts all sensors of one bus. One that does not answer is a fault record and is looked for again; nothing that
 * happens on the bus makes this reject.
 *
 * Uses the global timers, as johnny-five does: whoever replaces them must do so before this module is loaded.
 */
export async function startSensing(options: SensingOptions): Promise<Sensing> {
  const { transport, clock, sensors: config, emit } = options;
  const bus = new BusQueue(transport);
  const io = new EdgeIO(bus, clock);
  const drafts = new DraftOutlet(clock, (batch) => emit({ type: 'records', drafts: batch }));

  const clockWatch = new ClockWatch(clock);
  const watchClock = () => {
    const anchor = clockWatch.look();
    if (anchor !== null) drafts.add('anchor', anchor);
  };

  const board = await ClimateBoard.open(io);
  const climate = config.climate.map(
    (chip) => new ClimateSensor(chip, { io, bus, board, clock, drafts, config }),
  );
  const shock = config.shock === null ? undefined : new ShockChannel(config.shock, bus, clock, drafts);

  const found: string[] = [];
  for (const sensor of climate) if (await sensor.connect()) found.push(sensor.sensor);
  if (shock !== undefined && (await shock.start())) found.push(shock.sensor);
  emit({ type: 'ready', sensors: found });
  watchClock();

  const watching = setInterval(watchClock, CLOCK_WATCH_MS);
  const sampling = setInterval(() => {
    for (const sensor of climate) void sensor.sample();
  }, config.climateIntervalMs);
  const flushing = setInterval(() => {
    shock?.cut();
    drafts.flush();
  }, MINUTE_MS);

  return {
    busTurn: () => bus.run(async () => {}),
    async stop() {
      clearInterval(watching);
      clearInterval(sampling);
      clearInterval(flushing);
      io.close();
      // What has been measured goes out first: on a bus that hangs, nothing below comes to an end.
      drafts.flush();
      await shock?.stop();
      drafts.flush();
      await bus.run(async () => {});
    },
  };
}
