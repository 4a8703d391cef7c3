import { type Finding, JostleError, ManualClock } from '@jostle/contracts';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import { Backups } from '../backup/backups.ts';
import { Inbox } from '../inbox/inbox.ts';
import { replayQuarantined } from '../intake/quarantine-replay.ts';
import { ReconciliationJobs } from '../keeping/reconciliation-jobs.ts';
import type { Store } from '../store/store.ts';
import { notFound } from './not-found.ts';
import type { ServerDeps } from './server-deps.ts';

/** Dependencies of a server for tests of the HTTP side alone: a real store, and no findings or telemetry. */
export function serverDeps(store: Store, overrides: Partial<ServerDeps> = {}): ServerDeps {
  const clock = new ManualClock(Date.UTC(2026, 2, 1));
  const log = pino({ level: 'silent' });
  return {
    store,
    clock,
    log,
    telemetry: { climate: async () => [] },
    findings: {
      findingOf: async (id) => {
        throw new JostleError('INTERNAL', `no finding of ${id} in this test`);
      },
    },
    replayQuarantined: (id) => replayQuarantined({ store, inbox: new Inbox(store), onCommit: () => {} }, id),
    reconciliations: new ReconciliationJobs(store.db, clock, 7),
    backups: new Backups({ store, clock, log, holdWriters: async () => async () => {} }),
    health: () => [{ part: 'store', isReady: true, detail: 'open' }],
    metrics: new Registry(),
    config: {},
    ...overrides,
  };
}

/** Findings of one return only, which blame a hub. */
export function findingsOfOnly(returnId: string): ServerDeps['findings'] {
  return {
    findingOf: async (id) => {
      if (id !== returnId) throw notFound('return', id);
      return hubFinding(id);
    },
  };
}

/** A finding that blames a hub. */
export function hubFinding(returnId: string): Finding {
  const shock = {
    id: 'DEV-1:11111111-1111-1111-1111-111111111111:9',
    device: 'DEV-1',
    impactAt: '2026-03-01T10:05:00.000Z',
    impactClass: 'drop',
    impactOrientation: null,
    peakG: { x: 3, y: 4, z: 91, resultant: 92.1 },
    isClipped: false,
    isBandwidthLimited: false,
    durationMs: 8.2,
    velocityChangeMps: 4.9,
    freeFallMs: 404,
    dropHeightM: 0.8,
    equivalentDropHeightM: { low: 0.31, high: 1.22 },
    rateHz: 800,
    boundary: 'inside',
    margin: 1.53,
    damageProbability: 0.9,
  } as const;
  const cause = {
    legId: 'L-HUB',
    custodian: 'HUB',
    custodianName: 'Leipzig hub',
    place: 'Leipzig hub',
    share: 0.93,
    shock,
    excursion: null,
  };
  const none = { late: 0, dropped: 0, refused: 0, lost: 0, inFlight: 0, undated: 0 };
  const counts = { completeness: 12_480 / 12_500, stored: 12_480, ...none };
  return {
    id: 'f'.repeat(64),
    returnId,
    computedAt: '2026-03-02T09:00:00.000Z',
    method: { version: '1', assumptions: ['The sensor sits on the outer box.'] },
    verdict: 'transit-event',
    shipment: '106141412345678908',
    cause,
    shares: [
      { kind: 'leg', legId: 'L-HUB', label: 'Leipzig hub', share: 0.93 },
      { kind: 'packing', legId: null, label: 'Packing', share: 0.05 },
      { kind: 'unobserved', legId: null, label: 'Not observed', share: 0.02 },
    ],
    observedMinutes: 38,
    unobservedMinutes: 2,
    gaps: [
      { startsAt: '2026-03-01T10:10:00.000Z', endsAt: '2026-03-01T10:12:00.000Z', reason: 'device silent' },
    ],
    completeness: {
      ...{ ...counts, late: 20 },
      devices: [
        { device: 'DEV-1', ...counts, completeness: 1, stored: 12_000, silentFrom: null },
        { device: 'DEV-2', ...counts, completeness: 0.96, stored: 480, late: 20, silentFrom: null },
      ],
    },
    missing: [
      {
        ...{ device: 'DEV-2', records: 20, state: 'late', reason: null, earliest: null },
        latest: '2026-03-01T10:12:00.000Z',
      },
    ],
    legs: [
      {
        legId: 'L-HUB',
        mode: 'handling',
        custodian: 'HUB',
        custodianName: 'Leipzig hub',
        from: 'Leipzig hub',
        to: 'Leipzig hub',
        startsAt: '2026-03-01T10:00:00.000Z',
        endsAt: '2026-03-01T10:40:00.000Z',
        observedMinutes: 38,
        unobservedMinutes: 2,
        hazard: 2.3,
        share: 0.93,
        shocks: [{ ...shock }],
        excursions: [],
      },
    ],
    explanation: 'At Leipzig hub the parcel fell about 0.8 m, far enough to break it.',
  };
}
