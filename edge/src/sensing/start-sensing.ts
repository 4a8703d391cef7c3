import { type Clock, JostleError, MINUTE_MS } from '@jostle/contracts';
import { isCalibrated } from '../calibration/calibration.ts';
import { ClockWatch } from '../clock/clock-watch.ts';
import { WorkerAnswers } from '../field/worker-answers.ts';
import { BusQueue } from '../io/bus-queue.ts';
import { EdgeIO } from '../io/edge-io.ts';
import type { I2cTransport } from '../io/transport.ts';
import { ClimateBoard } from './climate/board.ts';
import { ClimateSensor } from './climate/climate-sensor.ts';
import { DraftOutlet } from './draft-outlet.ts';
import type { InterruptLine } from './interrupt/interrupt-line.ts';
import type { FromSensing, SensorQuestion } from './protocol.ts';
import type { SensingConfig } from './sensing-config.ts';
import { SensorFault } from './sensor-fault.ts';
import { sensorName } from './sensor-name.ts';
import { ShockChannel } from './shock/shock-channel.ts';
import { shockFifo, tellsTilt } from './shock/shock-chips.ts';
import { TiltChannel } from './tilt/tilt-channel.ts';
import { TiltWatch } from './tilt/tilt-watch.ts';

/** Longest detail of a fault record. */
const DETAIL_MAX = 200;

/** How often the clock is looked at, ms. */
const CLOCK_WATCH_MS = 1000;

export interface SensingOptions {
  transport: I2cTransport;
  clock: Clock;
  sensors: SensingConfig;
  /** The wire from the shock chip; left out where there is none. It is closed at the stop. */
  interrupt?: InterruptLine;
  /** Is given `ready` once, then `records`, and the answers; the other messages are for the worker around it to send. */
  emit(message: FromSensing): void;
}

export interface Sensing {
  /** Resolves when the bus has had a turn: while it does not, a transaction hangs. */
  busTurn(): Promise<void>;
  /** Answers a question of the agent; the answer is emitted. */
  answer(question: SensorQuestion): void;
  /** Reads what is left in the chips, sends all records and stops. The transport stays open. */
  stop(): Promise<void>;
}

/**
 * Starts all sensors of one bus. One that does not answer is a fault record and is looked for again; nothing that
 * happens on the bus makes this reject.
 *
 * @throws JostleError EDGE_BUS_TOO_SLOW where a shock recorder is configured on a bus that cannot carry it
 *
 * Uses the global timers, as johnny-five does: whoever replaces them must do so before this module is loaded.
 */
export async function startSensing(options: SensingOptions): Promise<Sensing> {
  const { transport, clock, sensors: config, interrupt, emit } = options;
  if ((config.shock ?? config.tilt) !== null && transport.shockRefusal !== undefined)
    throw new JostleError(
      'EDGE_BUS_TOO_SLOW',
      `${transport.shockRefusal} Set SHOCK_CHIP=none and TILT_CHIP=none.`,
    );
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
  const { shock, tilt } = accelerometersOf(config, bus, clock, drafts);

  const accelerometers = [shock, tilt].filter((channel) => channel !== null);
  const answers = new WorkerAnswers({ bus, clock, sensors: config, climate, accelerometers, emit });

  const found: string[] = [];
  for (const sensor of climate) if (await sensor.connect()) found.push(sensor.sensor);
  for (const sensor of accelerometers) if (await sensor.start()) found.push(sensor.sensor);
  if (shock !== null && interrupt !== undefined) follow(interrupt, shock, drafts);
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
    answer: (question) => answers.answer(question),
    async stop() {
      clearInterval(watching);
      clearInterval(sampling);
      clearInterval(flushing);
      io.close();
      interrupt?.close();
      // What has been measured goes out first: on a bus that hangs, nothing below comes to an end.
      drafts.flush();
      await shock?.stop();
      await tilt?.stop();
      drafts.flush();
      await bus.run(async () => {});
    },
  };
}

/** A chip for tilt alone has the last word on it; without one, a shock chip that is fine enough tells it. */
function accelerometersOf(config: SensingConfig, bus: BusQueue, clock: Clock, drafts: DraftOutlet) {
  const { shock, tilt } = config;
  const watch =
    shock !== null && tilt === null && tellsTilt(shockFifo(shock))
      ? new TiltWatch(sensorName(shock), isCalibrated(shock.calibration), clock, drafts)
      : null;
  return {
    shock: shock === null ? null : new ShockChannel(shock, bus, clock, drafts, watch),
    tilt: tilt === null ? null : new TiltChannel(tilt, bus, clock, drafts),
  };
}

/** A line that nobody watches is a fault, but samples go on to come by the timer. */
function follow(line: InterruptLine, shock: ShockChannel, drafts: DraftOutlet): void {
  const fault = new SensorFault(`${shock.sensor}-int`, drafts);
  line.listen({
    edge: () => shock.interrupt(),
    lost: (detail) => fault.raise('absent', `${line.name}: ${detail}`.slice(0, DETAIL_MAX)),
    found: () => fault.clear(`${line.name} is watched again`),
  });
}
