import Type, { type Static } from '#typebox';
import { Id, Sscc } from '../identity/ids.ts';
import { IMPACT_CLASSES, ImpactOrientation, PeakG, Waveform } from '../wire/shock-body.ts';
import { Instant } from './common.ts';
import { CompletenessCounts, GAP_STATES } from './completeness.ts';
import { LEG_MODES, Return } from './ledger.ts';

const Minutes = Type.Number({ minimum: 0 });
const Share = Type.Number({ minimum: 0, maximum: 1 });

/** Where a shock lies against the damage boundary of a product; unknown where the product was never tested. */
export const BOUNDARY_VERDICTS = ['outside', 'transition', 'inside', 'unknown'] as const;

/** How the time of something is known. */
export const TIME_QUALITIES = ['measured', 'corrected', 'bounded'] as const;

/** A stored shock event, without its waveform. */
export const ShockEvent = Type.Object({
  id: Type.String({ description: 'device:epoch:seq, the identity of its record.' }),
  device: Id,
  impactAt: Instant,
  timeQuality: Type.Optional(
    Type.Enum([...TIME_QUALITIES], {
      description:
        'By the clock of the device; corrected by what was learned of that clock later; or only bounded, by earliestAt and impactAt.',
    }),
  ),
  earliestAt: Type.Optional(
    Type.Union([Instant, Type.Null()], {
      description:
        'Only where the time is bounded: it happened between this, null for no limit, and impactAt.',
    }),
  ),
  impactClass: Type.Enum([...IMPACT_CLASSES]),
  impactOrientation: Type.Union([ImpactOrientation, Type.Null()], {
    description: 'Null where the device did not say.',
  }),
  peakG: PeakG,
  isClipped: Type.Boolean(),
  isBandwidthLimited: Type.Boolean(),
  durationMs: Type.Number(),
  velocityChangeMps: Type.Number(),
  freeFallMs: Type.Number(),
  dropHeightM: Type.Union([Type.Number(), Type.Null()]),
  equivalentDropHeightM: Type.Object({ low: Type.Number(), high: Type.Number() }),
  rateHz: Type.Number(),
});

export const ShockEventDetail = Type.Object({
  ...ShockEvent.properties,
  waveform: Type.Union([Waveform, Type.Null()]),
});

/** A shock event as one finding weighs it. */
export const WeighedShock = Type.Object({
  ...ShockEvent.properties,
  boundary: Type.Enum([...BOUNDARY_VERDICTS]),
  margin: Type.Union([Type.Number(), Type.Null()], {
    description: 'min(ΔV/ΔVc, A/Ac); above 1 is inside the boundary.',
  }),
  damageProbability: Share,
});

export const WeighedExcursion = Type.Object({
  quantity: Type.Union([Type.Literal('temperature'), Type.Literal('humidity')]),
  side: Type.Union([Type.Literal('above'), Type.Literal('below')]),
  limit: Type.Number(),
  extreme: Type.Number(),
  startedAt: Instant,
  endedAt: Type.Union([Instant, Type.Null()]),
  earliestAt: Type.Optional(
    Type.Union([Instant, Type.Null()], {
      description:
        'Only where the time is bounded: it started between this, null for no limit, and startedAt.',
    }),
  ),
  damageProbability: Share,
});

export const FindingLeg = Type.Object({
  legId: Id,
  mode: Type.Enum([...LEG_MODES]),
  custodian: Id,
  custodianName: Type.String(),
  from: Type.String({ description: 'Name of the site.' }),
  to: Type.String(),
  startsAt: Instant,
  endsAt: Instant,
  observedMinutes: Minutes,
  unobservedMinutes: Minutes,
  hazard: Type.Number({ minimum: 0, description: 'Sum of −ln(1 − probability) over its compatible events.' }),
  share: Share,
  shocks: Type.Array(WeighedShock),
  excursions: Type.Array(WeighedExcursion),
});

/** Records of one device that have not come. Those that are late may still come, and then there is another finding. */
export const MissingRecords = Type.Object({
  device: Id,
  records: Type.Integer({ minimum: 1 }),
  state: Type.Enum([...GAP_STATES]),
  reason: Type.Union([Type.String(), Type.Null()], {
    description: 'Why the device dropped them, or the code with which they were refused.',
  }),
  earliest: Type.Union([Instant, Type.Null()], {
    description: 'They were made between this and `latest`; null for no limit.',
  }),
  latest: Type.Union([Instant, Type.Null()]),
});

/**
 * How much has come of what the devices recorded that travelled with the shipment, each while it did and only between
 * the start of the first leg and the end of the last one, in whole steps of ten minutes. The numbers of all devices are
 * those of ShipmentCompleteness.
 */
export const FindingCompleteness = Type.Object({
  ...CompletenessCounts.properties,
  devices: Type.Array(
    Type.Object({
      device: Id,
      ...CompletenessCounts.properties,
      silentFrom: Type.Union([Instant, Type.Null()], {
        description:
          'From here on nothing was heard of the device, neither while it travelled along nor since: how many records it made after that is not known, and none of them is counted. Null where it was heard since.',
      }),
    }),
  ),
});

export const FINDING_VERDICTS = [
  'transit-event',
  'no-transit-event',
  'undetermined',
  'not-observed',
] as const;

/**
 * What is known about the cause of one return. Shares of the legs, packing and unobserved sum to 1.
 *
 * - `transit-event`: one leg holds an event that can explain the damage and most of the hazard
 * - `no-transit-event`: enough was observed and nothing in it explains the damage
 * - `undetermined`: events exist, but none stands out, or the damage fits no recorded hazard
 * - `not-observed`: too little was observed to say anything
 */
export const Finding = Type.Object({
  id: Type.String({ description: 'Hash of everything that it was computed from.' }),
  returnId: Id,
  computedAt: Instant,
  method: Type.Object({ version: Type.String(), assumptions: Type.Array(Type.String()) }),
  verdict: Type.Enum([...FINDING_VERDICTS]),
  shipment: Type.Union([Sscc, Type.Null()]),
  cause: Type.Union([
    Type.Null(),
    Type.Object({
      legId: Id,
      custodian: Id,
      custodianName: Type.String(),
      place: Type.String({ description: 'Name of the hub or warehouse, or "A to B" for a leg on the way.' }),
      share: Share,
      shock: Type.Union([WeighedShock, Type.Null()]),
      excursion: Type.Union([WeighedExcursion, Type.Null()]),
    }),
  ]),
  shares: Type.Array(
    Type.Object({
      kind: Type.Union([Type.Literal('leg'), Type.Literal('packing'), Type.Literal('unobserved')]),
      legId: Type.Union([Id, Type.Null()]),
      label: Type.String(),
      share: Share,
    }),
  ),
  observedMinutes: Minutes,
  unobservedMinutes: Minutes,
  gaps: Type.Array(Type.Object({ startsAt: Instant, endsAt: Instant, reason: Type.String() })),
  completeness: Type.Optional({
    ...FindingCompleteness,
    description:
      'Absent where no device travelled with the shipment, and from findings that were stored before it was counted.',
  }),
  missing: Type.Optional(
    Type.Array(MissingRecords, {
      description:
        'Records that devices made while they travelled with the shipment, or may have, and that have not come; present where there are any. What is late or lost takes no share: the time without coverage does.',
    }),
  ),
  legs: Type.Array(FindingLeg),
  undated: Type.Optional(
    Type.Object(
      { shocks: Type.Array(WeighedShock), excursions: Type.Array(WeighedExcursion) },
      {
        description:
          'Events of which it is not known on which leg they happened; present where there are any.',
      },
    ),
  ),
  explanation: Type.String({ description: 'One paragraph in plain words.' }),
});

/** A finding in one line of a list. What the cause does not have is null. */
export const FindingSummary = Type.Object({
  verdict: Type.Enum([...FINDING_VERDICTS]),
  legId: Type.Union([Id, Type.Null()]),
  custodianName: Type.Union([Type.String(), Type.Null()]),
  place: Type.Union([Type.String(), Type.Null()]),
  share: Type.Union([Share, Type.Null()], { description: 'Share of the leg that holds the cause.' }),
  dropHeightM: Type.Union([Type.Number(), Type.Null()]),
  peakG: Type.Union([Type.Number(), Type.Null()], { description: 'Peak of the resultant, g.' }),
  velocityChangeMps: Type.Union([Type.Number(), Type.Null()]),
  impactAt: Type.Union([Instant, Type.Null()]),
  explanation: Type.String(),
});

/** A return as a list shows it; the finding is null only where it could not be computed. */
export const ReturnWithFinding = Type.Object({
  ...Return.properties,
  finding: Type.Union([FindingSummary, Type.Null()]),
});

export type TimeQuality = (typeof TIME_QUALITIES)[number];
export type BoundaryVerdict = (typeof BOUNDARY_VERDICTS)[number];
export type FindingVerdict = (typeof FINDING_VERDICTS)[number];
export type ShockEvent = Static<typeof ShockEvent>;
export type ShockEventDetail = Static<typeof ShockEventDetail>;
export type WeighedShock = Static<typeof WeighedShock>;
export type WeighedExcursion = Static<typeof WeighedExcursion>;
export type FindingLeg = Static<typeof FindingLeg>;
export type FindingCompleteness = Static<typeof FindingCompleteness>;
export type MissingRecords = Static<typeof MissingRecords>;
export type Finding = Static<typeof Finding>;
export type FindingSummary = Static<typeof FindingSummary>;
export type ReturnWithFinding = Static<typeof ReturnWithFinding>;
