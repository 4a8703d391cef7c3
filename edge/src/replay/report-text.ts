import { textTable } from '@jostle/contracts';
import { capturedPeakFraction } from '../detection/index.ts';
import type { ReplayedEvent, ReplayReport } from './replay.ts';
import { spectrumText } from './spectrum-text.ts';

/** A packaged product stops within this or longer, ms; it shows what the rate can say of a peak. */
const TYPICAL_PULSE_MS = 11;

/** A report as a person reads it: a summary and one line per event. */
export function reportText(report: ReplayReport): string {
  const parts = [summary(report), eventTable(report.events), spectrumText(report.events)];
  return `${parts
    .filter((part) => part !== '')
    .join('\n\n')
    .trimEnd()}\n`;
}

function summary(report: ReplayReport): string {
  const { rateHz, durationS, samples, gaps, rangeG, rejectedTriggers, events } = report;
  const lostPct = (1 - capturedPeakFraction(rateHz, TYPICAL_PULSE_MS)) * 100;
  const lines = [
    `${samples} samples in ${durationS.toFixed(2)} s at ${rateHz.toFixed(1)} Hz (${report.format})`,
    `at this rate the peak of an ${TYPICAL_PULSE_MS} ms pulse reads up to ${lostPct.toFixed(1)} % low`,
    rangeG === null ? 'no axis reaches a usual full scale' : `the full scale is ±${rangeG} g`,
    gaps.length === 0
      ? 'no gaps in the time stamps'
      : `gaps: ${gaps.map((gap) => `${gap.lastsS.toFixed(3)} s at ${gap.atS.toFixed(3)} s`).join(', ')}`,
    `${count(events.length, 'event')}, ${count(rejectedTriggers, 'trigger')} below the storage criterion`,
  ];
  return lines.join('\n');
}

function eventTable(events: readonly ReplayedEvent[]): string {
  if (events.length === 0) return 'No shock event.';
  const header = [
    'at s',
    'class',
    'peak g',
    'x',
    'y',
    'z',
    'ms',
    'ΔV m/s',
    'fall s',
    'height m',
    'equiv. m',
    '',
  ];
  return textTable(header, events.map(eventRow));
}

function eventRow(event: ReplayedEvent): (string | null)[] {
  const { peakG, clipped, equivalentDropHeightM: equivalent } = event;
  const atLeast = (isClipped: boolean, g: number) => `${isClipped ? '≥ ' : ''}${g.toFixed(1)}`;
  return [
    event.atS.toFixed(3),
    event.impactClass,
    atLeast(clipped.x || clipped.y || clipped.z, peakG.resultant),
    atLeast(clipped.x, peakG.x),
    atLeast(clipped.y, peakG.y),
    atLeast(clipped.z, peakG.z),
    event.durationMs.toFixed(1),
    event.velocityChangeMps.toFixed(2),
    event.freeFallMs > 0 ? (event.freeFallMs / 1000).toFixed(3) : null,
    event.dropHeightM?.toFixed(2) ?? null,
    `${equivalent.low.toFixed(2)}–${equivalent.high.toFixed(2)}`,
    remarks(event),
  ];
}

function remarks({ clipped, isBandwidthLimited }: ReplayedEvent): string {
  const axes = (['x', 'y', 'z'] as const).filter((axis) => clipped[axis]);
  return [
    ...(axes.length > 0 ? [`clipped: ${axes.join(', ')}`] : []),
    ...(isBandwidthLimited ? ['too short for the rate'] : []),
  ].join('; ');
}

function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? '' : 's'}`;
}
