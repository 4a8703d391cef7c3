import { MEASUREMENTS, pointTimeNs } from '@jostle/contracts';
import { encodeLine, type FieldValue } from './line-protocol.ts';
import type { TelemetryPoint } from './telemetry-store.ts';

/** A point as a line of InfluxDB; the device is the only tag. */
export function pointLine({ kind, deviceId, measuredAt, seq, values }: TelemetryPoint): string {
  const names: Readonly<Record<string, string>> = MEASUREMENTS[kind].fields;
  const fields = Object.entries(values).flatMap(([key, value]): [string, FieldValue][] => {
    const fieldName = names[key];
    return fieldName === undefined || value === undefined ? [] : [[fieldName, value]];
  });
  return encodeLine({
    measurement: MEASUREMENTS[kind].name,
    tags: [['device', deviceId]],
    fields,
    timeNs: pointTimeNs(measuredAt, seq),
  });
}
