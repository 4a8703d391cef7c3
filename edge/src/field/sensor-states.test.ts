import type { RecordDraft } from '@jostle/contracts';
import { expect, test } from 'vitest';
import { SensorStates } from './sensor-states.ts';

const TIME = { measuredAt: 1000, monotonicMs: 5, clockQuality: 'ntp' as const };
const fault = (isRaised: boolean): RecordDraft => ({
  ...TIME,
  kind: 'fault',
  body: { sensor: 'sht31d-44', isRaised, reason: 'stale', detail: 'no good reply' },
});

test('a sensor that was found is known before its first record', () => {
  const states = new SensorStates();
  states.found(['sht31d-44']);
  expect(states.list()).toEqual([{ sensor: 'sht31d-44', fault: null, lastMeasuredAt: null, latest: null }]);
});

test('the newest values are kept, also of a chip that measures one quantity', () => {
  const states = new SensorStates();
  const body = { sensor: 'tmp117-48', temperatureC: 4.04, ageMs: 0 };
  states.note([{ ...TIME, kind: 'climate', body }]);
  states.note([{ ...TIME, measuredAt: 2000, kind: 'climate', body: { ...body, temperatureC: 5 } }]);
  expect(states.list()).toMatchObject([{ sensor: 'tmp117-48', lastMeasuredAt: 2000, latest: '5.0 °C' }]);
});

test('all quantities of a chip are told', () => {
  const states = new SensorStates();
  const body = {
    sensor: 'bme280-76',
    temperatureC: 20,
    relativeHumidityPct: 45,
    pressureHpa: 1013.2,
    ageMs: 0,
  };
  states.note([{ ...TIME, kind: 'climate', body }]);
  expect(states.list()[0]?.latest).toBe('20.0 °C, 45.0 %RH, 1013 hPa');
});

test('coverage tells of the shock recorder', () => {
  const states = new SensorStates();
  const span = { startsAt: 0, endsAt: 1000, samples: 800, lostSamples: 3, peakG: 1.42, rejectedTriggers: 0 };
  states.note([{ ...TIME, kind: 'coverage', body: { sensor: 'adxl375-53', ...span } }]);
  expect(states.list()[0]?.latest).toBe('peak 1.4 g, 800 samples, 3 lost');
});

test('a fault stands until it is taken back', () => {
  const states = new SensorStates();
  states.note([fault(true)]);
  expect(states.list()[0]?.fault).toEqual({ reason: 'stale', detail: 'no good reply' });
  states.note([fault(false)]);
  expect(states.list()[0]?.fault).toBeNull();
});
