import { ManualClock, type RecordDraft } from '@jostle/contracts';
import { expect, it } from 'vitest';
import { DraftOutlet } from '../draft-outlet.ts';
import { ExcursionWatch } from './excursion-watch.ts';

it('records an excursion in wall time when it opens and when it closes', () => {
  const clock = new ManualClock(1_700_000_000_000);
  const sent: RecordDraft[] = [];
  const drafts = new DraftOutlet(clock, (batch) => sent.push(...batch));
  const watch = new ExcursionWatch(
    'sht31d-44',
    [{ quantity: 'temperature', side: 'above', limit: 8, activation: { kind: 'instant' } }],
    clock,
    drafts,
  );
  for (const temperatureC of [7.9, 8, 9.5, 6]) {
    watch.push(clock.monotonicMs(), { temperatureC, relativeHumidityPct: 50 });
    clock.advance(10_000);
  }
  const excursion = {
    sensor: 'sht31d-44',
    quantity: 'temperature',
    side: 'above',
    limit: 8,
    startedAt: 1_700_000_010_000,
    startedMonotonicMs: 10_000,
  };
  expect(sent.map((d) => d.body)).toEqual([
    { ...excursion, endedAt: null, extreme: 8 },
    { ...excursion, endedAt: 1_700_000_030_000, extreme: 9.5 },
  ]);
});
