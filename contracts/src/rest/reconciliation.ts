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
      description: 'Write what is missing and take out what is too much.',
    }),
  },
  { additionalProperties: false },
);
export type ReconciliationRequest = Static<typeof ReconciliationRequest>;

/** One hour of one device in which the two do not agree. Numbers are of points: readings and shock events. */
export const HourDifference = Type.Object({
  device: Type.String(),
  hour: Instant,
  inbox: Type.Integer(),
  telemetry: Type.Integer(),
  missing: Type.Integer({ description: 'In the inbox, not in the telemetry store.' }),
  extra: Type.Integer({ description: 'In the telemetry store, where the inbox has the record elsewhere.' }),
  isFixed: Type.Boolean(),
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
  remainingHours: Type.Integer({ description: 'Of those, how many still differ.' }),
  differences: Type.Array(HourDifference, { description: 'The first 1,000, by device and hour.' }),
});
export type ReconciliationReport = Static<typeof ReconciliationReport>;
