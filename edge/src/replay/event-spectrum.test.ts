import { describe, expect, test } from 'vitest';
import { type SampleBlock, shockResponseSpectrum } from '../detection/index.ts';
import { fall, halfSine, type Part, rest, signal } from '../detection/test-support/signal.ts';
import { eventSpectrum, spectrumFrequencies } from './event-spectrum.ts';
import type { Recording } from './recording.ts';
import { type ReplayedEvent, replay } from './replay.ts';
import { severityOf } from './severity.ts';
import { spectrumText } from './spectrum-text.ts';

const RATE_HZ = 3200;
const SIDEWAYS = { x: 1, y: 0, z: 0 };
const UP = { x: 0, y: 0, z: 1 };

function only(block: SampleBlock): ReplayedEvent {
  const recording: Recording = {
    format: 'test',
    timesS: Float64Array.from({ length: block.xyz.length / 3 }, (_, i) => i / RATE_HZ),
    xyz: block.xyz,
  };
  const { events } = replay(recording, null);
  expect(events).toHaveLength(1);
  return events[0] as ReplayedEvent;
}

const eventOf = (...parts: Part[]) => only(signal(RATE_HZ, parts));

describe('the spectrum of an event', () => {
  test('is that of its pulse within 1 %, on the axis that it came along', () => {
    const { spectrum } = eventOf(rest(500), halfSine(50, 11, { along: SIDEWAYS, on: UP }), rest(400));
    const pulse = signal(RATE_HZ, [halfSine(50, 11)]).xyz.filter((_, i) => i % 3 === 2);
    const expected = shockResponseSpectrum(pulse, RATE_HZ, spectrumFrequencies(RATE_HZ));
    expect(spectrum?.x).toHaveLength(expected.length);
    for (const [i, line] of (spectrum?.x ?? []).entries()) {
      expect(line.maximaxG / (expected[i]?.maximaxG ?? 0)).toBeCloseTo(1, 2);
      expect(line.pseudoVelocityMps / (expected[i]?.pseudoVelocityMps ?? 0)).toBeCloseTo(1, 2);
    }
    for (const line of [...(spectrum?.y ?? []), ...(spectrum?.z ?? [])])
      expect(line.maximaxG).toBeLessThan(0.01);
  });

  test('begins in free fall where a fall came first: what is inside is then weightless', () => {
    const { spectrum } = eventOf(rest(800), fall(300), halfSine(50, 11), fall(200), rest(100));
    const line = spectrum?.z.find(({ frequencyHz }) => frequencyHz === 100);
    expect(Math.abs((line?.maximaxG ?? 0) / 79.5698 - 1)).toBeLessThan(0.01);
  });

  test('is called by the level that its pseudo-velocity reaches', () => {
    const { spectrum } = eventOf(rest(500), halfSine(50, 11, { along: SIDEWAYS, on: UP }), rest(400));
    expect(spectrum?.pseudoVelocityMps).toBeGreaterThan(3);
    expect(spectrum?.pseudoVelocityMps).toBeLessThan(3.434);
    expect(spectrum?.severity).toBe('moderate');
  });

  test('is not given where an axis is clipped', () => {
    const block = signal(RATE_HZ, [rest(500), halfSine(50, 11, { on: UP }), rest(400)]);
    const cut = { ...block, xyz: block.xyz.map((g) => Math.min(g, 16)) };
    const event = only(cut);
    expect(event.spectrum).toBeNull();
    expect(spectrumText([event])).toBe('No spectrum of 1 clipped event.\n');
    expect(eventSpectrum(cut, { ...event, impactMonoMs: 500 })).toBeNull();
  });
});

test.each([
  [1.26, 'below very mild'],
  [1.27, 'very mild'],
  [2.54, 'moderate'],
  [7.61, 'moderate'],
  [7.62, 'very severe'],
])('%d m/s is %s', (mps, name) => {
  expect(severityOf(mps)).toBe(name);
});

test.each([
  [198.6, 15.8],
  [800, 79.4],
  [3200, 316.2],
  [20_000, 1995.3],
])('at %d samples a second the highest line lies at a tenth of it or below', (rateHz, highest) => {
  const frequencies = spectrumFrequencies(rateHz);
  expect(frequencies[0]).toBeCloseTo(5.01, 2);
  expect(frequencies.at(-1)).toBeCloseTo(highest, 1);
});

test('the table shows octaves, and the axis that answers most', () => {
  const text = spectrumText([eventOf(rest(500), halfSine(50, 11, { along: SIDEWAYS, on: UP }), rest(400))]);
  expect(text).toMatch(
    /at s\s+7\.9 Hz\s+15\.8 Hz\s+31\.6 Hz\s+63\.1 Hz\s+125\.9 Hz\s+251\.2 Hz\s+PV m\/s\s+severity/,
  );
  expect(text).toMatch(/0\.50\d .*\s3\.\d\d\s+moderate/);
});
