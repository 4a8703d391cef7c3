import Type, { type Static } from '#typebox';
import { Id } from '../identity/ids.ts';
import { Instant } from './common.ts';

/** Asks for a comparison of the inbox with the telemetry store. */
export const ReconciliationRequest = Type.Object(
  {
    from: Type.Optional(Instant),
    to: Type.Optional(Instant),
    device: Type.Optional(Id),
    fix: Type.Boolean({
      default: false,
      description:
        'Write what is missing, send again what the telemetry store refused, and take out what is too much.',
    }),
  },
  { additionalProperties: false },
);
export type ReconciliationRequest = Static<typeof ReconciliationRequest>;

/**
 * - `mended`: the two agree now
 * - `refused`: they differ by nothing but points that the telemetry store refused; one that is asked to mend sent them
 *   again in vain
 * - `differs`: there is more that they differ by
 */
export const HOUR_OUTCOMES = ['mended', 'refused', 'differs'] as const;

/**
 * One hour of one device in which the two do not agree. Numbers are of points, readings and shock events, as they were
 * found.
 */
export const HourDifference = Type.Object({
  device: Type.String(),
  hour: Instant,
  inbox: Type.Integer(),
  telemetry: Type.Integer(),
  missing: Type.Integer({ description: 'In the inbox, not in the telemetry store, and not refused by it.' }),
  refused: Type.Integer({
    description: 'Likewise, but the telemetry store refused them: they lie in quarantine.',
  }),
  extra: Type.Integer({ description: 'In the telemetry store, where the inbox has the record elsewhere.' }),
  outcome: Type.Enum([...HOUR_OUTCOMES]),
});
export type HourDifference = Static<typeof HourDifference>;

export const ReconciliationReport = Type.Object({
  id: Type.String(),
  state: Type.Union(
    [Type.Literal('waiting'), Type.Literal('running'), Type.Literal('done'), Type.Literal('failed')],
    { description: 'Waiting: the ingest that leads takes it within some seconds.' },
  ),
  problem: Type.Union([Type.String(), Type.Null()], { description: 'Why it failed.' }),
  device: Type.Union([Type.String(), Type.Null()], { description: 'Null for all devices.' }),
  isFixing: Type.Boolean(),
  from: Instant,
  to: Instant,
  skippedHours: Type.Integer({
    description:
      'Hours at the beginning of which the inbox has let records go already: they are not compared.',
  }),
  devices: Type.Integer(),
  points: Type.Integer({ description: 'Of the inbox, in the hours that were compared.' }),
  differingHours: Type.Integer(),
  refusedHours: Type.Integer({
    description: 'Of those, how many differ by nothing but points that the telemetry store refused.',
  }),
  remainingHours: Type.Integer({ description: 'Of those, how many still differ by something else.' }),
  differences: Type.Array(HourDifference, { description: 'The first 1,000, by device and hour.' }),
});
export type ReconciliationReport = Static<typeof ReconciliationReport>;
