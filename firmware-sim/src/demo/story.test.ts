import { isSscc, MINUTE_MS } from '@jostle/contracts';
import { expect, test } from 'vitest';
import { pieceDurationMs } from '../world/journey.ts';
import { truthOf } from '../world/truth.ts';
import { DROP_HEIGHT_M, STORY_MIN, storyFrom } from './story.ts';
import { journeyOf } from './story-journeys.ts';

const START = Date.UTC(2026, 2, 1, 9);
const story = storyFrom(START);

test('one parcel falls once, in the hub, from the stated height; the others travel quietly', () => {
  const falls = story.parcels.map((parcel) => truthOf(journeyOf(story, parcel)));
  expect(falls.filter((f) => f.length > 0)).toHaveLength(1);
  const parcel = story.parcels[falls.findIndex((f) => f.length > 0)];
  const [fall] = falls.flat();
  expect(fall?.heightM).toBeCloseTo(DROP_HEIGHT_M, 6);
  const leg = parcel?.legs.find(
    (l) => Date.parse(l.startsAt) <= (fall?.at ?? 0) && (fall?.at ?? 0) < Date.parse(l.endsAt),
  );
  expect(leg).toMatchObject({ mode: 'handling', from: 'HUB-SPAANSE-POLDER', custodian: 'DELTA-PARCEL' });
  expect(story.returns[0]).toMatchObject({ damageKind: 'shattered', orderId: parcel?.order.id });
});

test('legs follow each other without a gap, and the journey lasts until the delivery', () => {
  for (const parcel of story.parcels) {
    expect(isSscc(parcel.sscc)).toBe(true);
    for (const [n, leg] of parcel.legs.entries()) {
      const previous = parcel.legs[n - 1];
      if (previous !== undefined) expect(leg.startsAt).toBe(previous.endsAt);
    }
    const lasts = journeyOf(story, parcel).pieces.reduce((sum, piece) => sum + pieceDurationMs(piece), 0);
    expect(lasts).toBeCloseTo(story.deliveredAtMs - START, 3);
  }
});

test('the story is told within a minute at the usual speed', () => {
  expect((STORY_MIN * MINUTE_MS) / 60).toBeLessThan(40_000);
});
