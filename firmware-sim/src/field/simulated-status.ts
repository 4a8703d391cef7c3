import { MINUTE_MS } from '@jostle/contracts';
import type { AgentStatus } from '@jostle/edge/field';
import { type FieldJourney, START_MS } from './field-journeys.ts';

const WALL_MS = START_MS + 10 * MINUTE_MS;

/** What an agent would say ten minutes into the journey. */
export function simulatedStatus({ plugs }: FieldJourney): AgentStatus {
  const isMissing = (address: number) =>
    plugs.findLast((event) => event.address === address)?.isPlugged === false;
  const sensor = (name: string, address: number, latest: string) =>
    isMissing(address)
      ? {
          sensor: name,
          fault: { reason: 'absent' as const, detail: 'no answer: nack' },
          lastMeasuredAt: null,
          latest: null,
        }
      : { sensor: name, fault: null, lastMeasuredAt: WALL_MS - 12_000, latest };
  const sensorStates = [
    sensor('sht31d-44', 0x44, '20.0 °C, 45.0 %RH'),
    sensor('bme280-76', 0x76, '20.0 °C, 45.0 %RH, 1013 hPa'),
    sensor('adxl375-53', 0x53, 'peak 1.4 g, 48000 samples, 0 lost'),
  ];
  return {
    deviceId: 'SIM-1',
    version: '0.1.0',
    wallMs: WALL_MS,
    epoch: '00000000-0000-4000-8000-000000000001',
    isConnected: true,
    backlog: 12,
    oldestMeasuredAt: WALL_MS - 50_000,
    storedPerDay: 18_720,
    sensors: sensorStates.filter(({ fault }) => fault === null).map((state) => state.sensor),
    sensorStates,
    lastReceiptAt: WALL_MS - 42_000,
    clock: 'ntp',
    time: { bootNumber: 1, anchoredAt: START_MS, unsyncedMs: null },
    freeBytes: 24 * 1024 ** 3,
    hasBallast: true,
    unstored: 0,
  };
}
