import { MEASUREMENTS, pointTimeNs, pointTimeText } from '@jostle/contracts';
import { encodeLine, escapedName, type FieldValue } from './line-protocol.ts';
import type { ClimateValues, TelemetryPoint } from './telemetry-store.ts';

/** Points as lines of InfluxDB, one below the other; the device is the only tag. */
export function pointLines(points: readonly TelemetryPoint[]): string {
  // The points of a run come together, and a device has the same beginning for all of them.
  let deviceId: string | undefined;
  let series = '';
  return points
    .map((point) => {
      if (point.kind !== 'climate') return shockLine(point);
      if (point.deviceId !== deviceId) {
        deviceId = point.deviceId;
        series = `${MEASUREMENTS.climate.name},device=${escapedName(deviceId)}`;
      }
      return `${series} ${climateFields(point.values)} ${pointTimeText(point.measuredAt, point.seq)}`;
    })
    .join('\n');
}

const { temperatureC: T, relativeHumidityPct: RH, pressureHpa: P } = MEASUREMENTS.climate.fields;

/** Numbers that came as JSON are finite; at least one of them is there. */
function climateFields({ temperatureC: t, relativeHumidityPct: rh, pressureHpa: p }: ClimateValues): string {
  const first = t === undefined ? '' : `${T}=${t}`;
  const second = rh === undefined ? first : `${first === '' ? '' : `${first},`}${RH}=${rh}`;
  return p === undefined ? second : `${second === '' ? '' : `${second},`}${P}=${p}`;
}

function shockLine({
  deviceId,
  measuredAt,
  seq,
  values,
}: Extract<TelemetryPoint, { kind: 'shock' }>): string {
  const names: Readonly<Record<string, string>> = MEASUREMENTS.shock.fields;
  const fields = Object.entries(values).flatMap(([key, value]): [string, FieldValue][] => {
    const fieldName = names[key];
    return fieldName === undefined || value === undefined ? [] : [[fieldName, value]];
  });
  const timeNs = pointTimeNs(measuredAt, seq);
  return encodeLine({ measurement: MEASUREMENTS.shock.name, tags: [['device', deviceId]], fields, timeNs });
}
