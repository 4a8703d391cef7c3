import Type, { type Static } from '#typebox';
import { Id, Sscc } from '../identity/ids.ts';
import { Instant } from './common.ts';

const Count = Type.Integer({ minimum: 0 });

/**
 * - `late`: they have not come for longer than a message takes, and may still come: the device has not said otherwise
 * - `dropped`: the device says that it dropped them, and why
 * - `refused`: they came and lie in quarantine
 * - `lost`: the device no longer has them, and nothing says why
 */
export const GAP_STATES = ['late', 'dropped', 'refused', 'lost'] as const;

/** Records that are not in the inbox: consecutive ones, or all that one tombstone names. */
export const RecordGap = Type.Object({
  epoch: Type.String({ description: 'Of the outbox that made them.' }),
  fromSeq: Type.Integer({ minimum: 1 }),
  toSeq: Type.Integer({ minimum: 1 }),
  records: Type.Integer({
    minimum: 1,
    description:
      'How many are missing. Less than from `fromSeq` to `toSeq` where one tombstone names records between which others came: a full outbox thins.',
  }),
  state: Type.Enum([...GAP_STATES]),
  reason: Type.Union([Type.String(), Type.Null()], {
    description: 'Why the device dropped them, or the code with which they were refused.',
  }),
  earliest: Type.Union([Instant, Type.Null()], {
    description: 'They were made between this and `latest`, by the records around them; null for no limit.',
  }),
  latest: Type.Union([Instant, Type.Null()]),
  isPartial: Type.Boolean({
    description: 'It may reach beyond the span of time that was asked for; its records are all counted.',
  }),
});

/** What became of records, and how complete that is. */
export const CompletenessCounts = Type.Object({
  completeness: Type.Union([Type.Number({ minimum: 0, maximum: 1 }), Type.Null()], {
    description:
      'stored / (stored + late + refused + lost): what was dropped is not expected. Null where nothing is.',
  }),
  stored: Count,
  late: Count,
  dropped: Count,
  refused: Count,
  lost: Count,
  inFlight: { ...Count, description: 'Made too recently to be missed; not expected yet.' },
  undated: { ...Count, description: 'Stored, but it is not known when they were made; counted as stored.' },
});

/** How much of what a device recorded has come. */
export const DeviceCompleteness = Type.Object({
  device: Id,
  from: Type.Union([Instant, Type.Null()], {
    description: 'Start of the span, in whole steps of ten minutes; null where it is not limited.',
  }),
  to: Type.Union([Instant, Type.Null()]),
  ...CompletenessCounts.properties,
  gapCount: { ...Count, description: 'How many gaps there are.' },
  gaps: Type.Array(RecordGap, {
    description: 'By outbox and seq. Where there are more than 1,000, those with the most records.',
  }),
});

/**
 * Likewise for all devices that travelled with a shipment, each while it did: a row for each window of a device. What may
 * have been made in several of them is in each of their rows, and once in the sums.
 */
export const ShipmentCompleteness = Type.Object({
  shipment: Sscc,
  ...CompletenessCounts.properties,
  devices: Type.Array(DeviceCompleteness),
});

/**
 * - `lost`: records that the device no longer has, and nothing says why
 * - `chain-broken`: the chain of an outbox does not go on where it should: a record was changed or left out
 * - `conflict`: an identity came again with other content
 * - `quarantine-full`: records were refused for which the quarantine had no room, so that their bytes are kept nowhere
 */
export const ALERT_KINDS = ['lost', 'chain-broken', 'conflict', 'quarantine-full'] as const;
export const ALERT_STATES = ['open', 'acknowledged', 'resolved'] as const;

export const Alert = Type.Object({
  id: Type.Integer({ minimum: 1 }),
  kind: Type.Enum([...ALERT_KINDS]),
  state: Type.Enum([...ALERT_STATES], { description: 'Resolved: the records came after all.' }),
  device: Id,
  epoch: Type.String(),
  fromSeq: Type.Integer({ minimum: 1 }),
  toSeq: Type.Integer({ minimum: 1 }),
  records: { ...Count, description: 'How many of the range it is about.' },
  raisedAt: Instant,
  detail: Type.String(),
  acknowledgedAt: Type.Union([Instant, Type.Null()]),
  acknowledgedBy: Type.Union([Type.String(), Type.Null()]),
  resolvedAt: Type.Union([Instant, Type.Null()]),
});

export type GapState = (typeof GAP_STATES)[number];
export type AlertKind = (typeof ALERT_KINDS)[number];
export type AlertState = (typeof ALERT_STATES)[number];
export type CompletenessCounts = Static<typeof CompletenessCounts>;
export type RecordGap = Static<typeof RecordGap>;
export type DeviceCompleteness = Static<typeof DeviceCompleteness>;
export type ShipmentCompleteness = Static<typeof ShipmentCompleteness>;
export type Alert = Static<typeof Alert>;
