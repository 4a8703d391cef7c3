import { askScanAt } from './agent-client.ts';
import { type ScannedAddress, scanBus } from './bus-scan.ts';
import type { FieldStation } from './station.ts';

/** The agent scans where one is running: two users of one bus disturb each other. */
export async function scanOf(station: FieldStation): Promise<ScannedAddress[]> {
  if ((await station.askAgent()) !== null) return askScanAt(station.config.dataDir);
  const bus = await station.openBus();
  const scanned = await scanBus(bus);
  await bus.close();
  return scanned;
}
