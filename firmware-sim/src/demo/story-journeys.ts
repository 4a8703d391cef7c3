import { MINUTE_MS } from '@jostle/contracts';
import { type Journey, pieceDurationMs } from '../world/journey.ts';
import type { HandlingPiece } from '../world/pieces.ts';
import { DROP_HEIGHT_M, type Parcel, type Story } from './story.ts';

/** How a parcel is handled on each kind of leg, as shares of the leg's time. */
const HANDLING: Record<string, [HandlingPiece['kind'], number][]> = {
  packing: [
    ['rest', 0.6],
    ['hand-carry', 0.1],
    ['conveyor', 0.3],
  ],
  road: [
    ['hand-carry', 0.05],
    ['truck', 0.9],
    ['hand-carry', 0.05],
  ],
  handling: [
    ['conveyor', 0.4],
    ['rest', 0.4],
    ['conveyor', 0.2],
  ],
};

/** What the device in a parcel lives through: its legs one after the other, with the fall where it happens. */
export function journeyOf(story: Story, parcel: Parcel): Journey {
  const pieces: Journey['pieces'] = [];
  for (const leg of parcel.legs) {
    const startsAt = Date.parse(leg.startsAt);
    const endsAt = Date.parse(leg.endsAt);
    const dropAt = parcel.dropAtMs;
    if (dropAt !== null && dropAt >= startsAt && dropAt < endsAt) {
      const drop: Journey['pieces'][number] = { kind: 'drop', heightM: DROP_HEIGHT_M };
      const afterMs = dropAt + pieceDurationMs(drop);
      pieces.push(...handled(leg.mode, dropAt - startsAt), drop, ...handled(leg.mode, endsAt - afterMs));
    } else {
      pieces.push(...handled(leg.mode, endsAt - startsAt));
    }
  }
  return { startsAt: story.startsAtMs, pieces, climate: climateOf(story) };
}

function handled(mode: string, durationMs: number): HandlingPiece[] {
  const shares = HANDLING[mode] ?? [['rest', 1]];
  return shares.map(([kind, share]) => ({ kind, durationMs: durationMs * share }));
}

/** A mild day: warm in the warehouse, cooler in the van, back in the house. */
function climateOf(story: Story): NonNullable<Journey['climate']> {
  const deliveredMs = story.deliveredAtMs - story.startsAtMs;
  return [
    { afterMs: 0, temperatureC: 21, relativeHumidityPct: 42 },
    { afterMs: 5 * MINUTE_MS, temperatureC: 20, relativeHumidityPct: 44 },
    { afterMs: deliveredMs / 2, temperatureC: 15.5, relativeHumidityPct: 55 },
    { afterMs: deliveredMs, temperatureC: 13, relativeHumidityPct: 61 },
    { afterMs: deliveredMs + 10 * MINUTE_MS, temperatureC: 19, relativeHumidityPct: 46 },
  ];
}
