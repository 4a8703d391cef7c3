import type { RecordBodies, RecordKind } from '@jostle/contracts';
import type { FromSensing, I2cTransport, InterruptLine, Sensing, SensingConfig } from '@jostle/edge/sensing';
import { SimulatedBus, type SimulatedChip, VirtualTime } from '@jostle/firmware-sim';

/** When every simulated bench begins. */
export const BENCH_FROM_MS = Date.UTC(2026, 0, 15, 8);

/** The agent's own sensing on simulated chips, in simulated time. */
export interface Bench {
  bus: SimulatedBus;
  messages: FromSensing[];
  /** Drafts of one kind so far, in the order in which they were sent. */
  drafts<K extends RecordKind>(kind: K): { measuredAt: number; body: RecordBodies[K] }[];
  /** Bodies of one kind so far, in the order in which they were sent. */
  bodies<K extends RecordKind>(kind: K): RecordBodies[K][];
  /** Asks as the agent does; the answer is among the messages. */
  ask: Sensing['answer'];
  /** Lets that much simulated time pass. */
  pass(ms: number): Promise<void>;
  stop(): Promise<void>;
}

/** What lies between sensing and the chips; left out: nothing, and no interrupt. */
export interface Wiring<Chip> {
  transport?: (bus: SimulatedBus) => I2cTransport | Promise<I2cTransport>;
  /** Key: I2C address. */
  interrupt?: (chips: ReadonlyMap<number, Chip>) => InterruptLine;
}

/**
 * Time is installed before sensing is loaded; the caller stops the bench.
 *
 * @param chips key: I2C address
 * @param wiring the way that sensing goes to the bus, and what rings it
 */
export async function startBench<Chip extends SimulatedChip>(
  sensors: SensingConfig,
  chips: (now: () => number) => ReadonlyMap<number, Chip>,
  arrange: (bus: SimulatedBus) => void = () => {},
  wiring: Wiring<Chip> = {},
): Promise<Bench> {
  const time = new VirtualTime(BENCH_FROM_MS);
  const { startSensing } = await import('@jostle/edge/sensing');
  const bus = new SimulatedBus();
  const attached = chips(() => time.nowMs());
  for (const [address, chip] of attached) bus.attach(address, chip);
  arrange(bus);

  const messages: FromSensing[] = [];
  const emit = (message: FromSensing) => messages.push(message);
  const transport = (await wiring.transport?.(bus)) ?? bus;
  const interrupt = wiring.interrupt?.(attached);
  const starting = startSensing({
    transport,
    clock: time.clock(),
    sensors,
    emit,
    ...(interrupt !== undefined && { interrupt }),
  });
  // A chip may need time to say who it is.
  let isStarted = false;
  const started = starting.finally(() => {
    isStarted = true;
  });
  while (!isStarted) await time.runUntil(time.nowMs() + 1);
  const sensing: Sensing = await started;
  const drafts = <K extends RecordKind>(kind: K) =>
    messages
      .flatMap((m) => (m.type === 'records' ? m.drafts : []))
      .flatMap((d) =>
        d.kind === kind ? [{ measuredAt: d.measuredAt, body: d.body as RecordBodies[K] }] : [],
      );
  return {
    bus,
    messages,
    drafts,
    ask: (question) => sensing.answer(question),
    bodies: (kind) => drafts(kind).map((d) => d.body),
    pass: (ms) => time.runUntil(time.nowMs() + ms),
    async stop() {
      await sensing.stop();
      await transport.close();
      time.uninstall();
    },
  };
}
