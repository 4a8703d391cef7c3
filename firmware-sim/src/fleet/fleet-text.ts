import { MINUTE_MS, textTable } from '@jostle/contracts';
import type { FleetReport } from './fleet.ts';

const MEBIBYTE = 1024 ** 2;

/** Simulated time over real time: of the fleet as a whole, all devices at once. */
export function realTimeFactor({ livedMs, tookMs }: FleetReport): number {
  return tookMs > 0 ? livedMs / tookMs : 0;
}

/** How many devices one processor could run at real time. */
export function devicesPerProcessor({ deviceMs, processorMs }: FleetReport): number {
  return processorMs > 0 ? deviceMs / processorMs : 0;
}

export function progressLine(report: FleetReport): string {
  const { devices, connected, generated, confirmed, livedMs } = report;
  return [
    `${(livedMs / MINUTE_MS).toFixed(1)} min lived`,
    `${realTimeFactor(report).toFixed(2)} × real time`,
    `${connected}/${devices} connected`,
    `${generated} records`,
    `${confirmed} confirmed`,
    `${Math.round(report.memoryBytes / MEBIBYTE)} MiB`,
  ].join(' · ');
}

export function summaryTable(report: FleetReport): string {
  const { devices, generated, confirmed, waiting, incidents, shocks, livedMs, tookMs } = report;
  const perDeviceKib = report.memoryBytes / 1024 / devices;
  return textTable(
    ['figure', 'value'],
    [
      ['devices', String(devices)],
      ['simulated time', `${(livedMs / MINUTE_MS).toFixed(1)} min`],
      ['real time', `${(tookMs / MINUTE_MS).toFixed(1)} min`],
      ['real-time factor', realTimeFactor(report).toFixed(2)],
      ['processor time', `${(report.processorMs / MINUTE_MS).toFixed(1)} min`],
      ['devices a processor at real time', String(Math.round(devicesPerProcessor(report)))],
      ['records generated', String(generated)],
      ['records confirmed', String(confirmed)],
      ['records waiting', String(waiting)],
      ['incidents in truth', String(incidents)],
      ['shock events recorded', String(shocks)],
      [
        'memory',
        `${Math.round(report.memoryBytes / MEBIBYTE)} MiB, ${Math.round(perDeviceKib)} KiB a device`,
      ],
    ],
  );
}
