import { type CoverageBody, ManualClock, type RecordDraft } from '@jostle/contracts';
import { describe, expect, it } from 'vitest';
import { BusQueue } from '../../io/bus-queue.ts';
import { ScriptedTransport } from '../../io/testing/scripted-transport.ts';
import { DraftOutlet } from '../draft-outlet.ts';
import { DEFAULT_SENSING } from '../sensing-config.ts';
import { ShockChannel } from './shock-channel.ts';

const WALL = 1_700_000_000_000;
const MINUTE = 60_000;

function channel() {
  const clock = new ManualClock(WALL);
  const sent: RecordDraft[] = [];
  const drafts = new DraftOutlet(clock, (batch) => sent.push(...batch));
  const { shock } = DEFAULT_SENSING;
  if (shock === null) throw new TypeError('the recommended kit has a shock chip');
  const shockChannel = new ShockChannel(shock, new BusQueue(new ScriptedTransport()), clock, drafts);
  return {
    clock,
    shockChannel,
    /** A minute of rest, in one block that ends now. */
    restOneMinute() {
      const xyz = Float32Array.from({ length: 800 * 60 * 3 }, (_, i) => (i % 3 === 2 ? 1 : 0));
      const startMs = clock.monotonicMs();
      clock.advance(MINUTE);
      shockChannel.samples({ startMs, periodMs: 1.25, xyz });
    },
    sent,
    spans(): CoverageBody[] {
      drafts.flush();
      return sent.flatMap((d) => (d.kind === 'coverage' ? [d.body] : []));
    },
  };
}

describe('coverage', () => {
  it('has spans that meet although the wall clock is slewed between them', () => {
    const { clock, shockChannel, restOneMinute, spans } = channel();
    restOneMinute();
    shockChannel.cut();
    clock.step(clock.wallMs() - 25);
    restOneMinute();
    shockChannel.cut();
    const [first, second] = spans();
    expect(first).toMatchObject({ startsAt: WALL, endsAt: WALL + MINUTE, samples: 48_000, lostSamples: 0 });
    expect(second).toMatchObject({ startsAt: WALL + MINUTE, endsAt: WALL + 2 * MINUTE - 25 });
  });

  it('follows the wall clock when it is set', () => {
    const { clock, shockChannel, restOneMinute, spans } = channel();
    restOneMinute();
    shockChannel.cut();
    clock.step(WALL + 3_600_000);
    restOneMinute();
    shockChannel.cut();
    expect(spans()[1]?.startsAt).toBe(WALL + 3_600_000);
  });

  it('counts lost samples, and ends where the chip is lost', () => {
    const { clock, shockChannel, restOneMinute, spans } = channel();
    restOneMinute();
    shockChannel.gap(17);
    restOneMinute();
    shockChannel.lost('stale', 'no answer: nack');
    clock.advance(10 * MINUTE);
    shockChannel.cut();
    expect(spans()).toMatchObject([{ endsAt: WALL + 2 * MINUTE, lostSamples: 17 }]);
  });
});

it('dates an impact by the monotonic clock, however late it is found', () => {
  const { clock, shockChannel, sent } = channel();
  const xyz = Float32Array.from({ length: 1600 * 3 }, (_, i) => {
    const inPulse = Math.floor(i / 3) - 800;
    const isUp = i % 3 === 2;
    return isUp && inPulse >= 0 && inPulse < 9
      ? 1 + 50 * Math.sin((Math.PI * (inPulse + 0.5)) / 9)
      : isUp
        ? 1
        : 0;
  });
  clock.advance(5000);
  shockChannel.samples({ startMs: 1000, periodMs: 1.25, xyz });
  const [draft] = sent;
  expect(draft).toMatchObject({ kind: 'shock', measuredAt: WALL + 5000, body: { sensor: 'adxl375-53' } });
  // The pulse begins at 1000 + 800 × 1.25 ms; its second sample is beyond the trigger at the latest.
  expect(draft?.kind === 'shock' && draft.body.impactAt - WALL).toBeGreaterThanOrEqual(2000);
  expect(draft?.kind === 'shock' && draft.body.impactAt - WALL).toBeLessThanOrEqual(2002);
});
