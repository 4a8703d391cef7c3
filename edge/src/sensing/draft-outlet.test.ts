import { ManualClock, type RecordDraft } from '@jostle/contracts';
import { expect, it } from 'vitest';
import { DraftOutlet } from './draft-outlet.ts';
import { SensorFault } from './sensor-fault.ts';

function outlet() {
  const clock = new ManualClock(1_700_000_000_000, 'rtc');
  const sent: RecordDraft[][] = [];
  return { clock, sent, drafts: new DraftOutlet(clock, (batch) => sent.push(batch)) };
}

it('keeps routine drafts until it is flushed', () => {
  const { clock, sent, drafts } = outlet();
  clock.advance(1500.4);
  drafts.add('climate', { sensor: 'sht31d-44', temperatureC: 4, ageMs: 0 });
  drafts.add('climate', { sensor: 'bme280-76', temperatureC: 5, ageMs: 0 });
  expect(sent).toEqual([]);
  drafts.flush();
  drafts.flush();
  expect(sent).toHaveLength(1);
  expect(sent[0]).toHaveLength(2);
  expect(sent[0]?.[0]).toMatchObject({
    kind: 'climate',
    measuredAt: 1_700_000_001_500,
    monotonicMs: 1500,
    clockQuality: 'rtc',
  });
});

it('sends an event at once, after the routine drafts that were made before it', () => {
  const { sent, drafts } = outlet();
  drafts.add('climate', { sensor: 'sht31d-44', temperatureC: 4, ageMs: 0 });
  drafts.add('fault', { sensor: 'sht31d-44', isRaised: true, reason: 'stale', detail: '' });
  expect(sent.map((batch) => batch.map((d) => d.kind))).toEqual([['climate', 'fault']]);
});

it('says a fault once when it begins and once when it ends, with the same reason', () => {
  const { sent, drafts } = outlet();
  const fault = new SensorFault('sht31d-44', drafts);
  fault.clear('fine');
  fault.raise('stale', 'no answer');
  fault.raise('reset', 'settings gone');
  fault.clear('good replies');
  fault.clear('good replies');
  expect(sent.flat().map((d) => d.body)).toEqual([
    { sensor: 'sht31d-44', isRaised: true, reason: 'stale', detail: 'no answer' },
    { sensor: 'sht31d-44', isRaised: false, reason: 'stale', detail: 'good replies' },
  ]);
});
