import Type, { type Static } from '#typebox';
import { Id } from '../identity/ids.ts';
import { Instant } from './common.ts';
import { Device } from './ledger.ts';

/** What is known about a device from its own messages. */
export const DeviceState = Type.Object({
  isOnline: Type.Boolean(),
  lastMeasuredAt: Type.Union([Instant, Type.Null()], {
    description: 'By the clock of the device, of its newest record.',
  }),
  lastReceivedAt: Type.Union([Instant, Type.Null()]),
  backlog: Type.Integer({
    minimum: 0,
    description: 'Records that the device has made and ingest has not received.',
  }),
});

export const DeviceWithState = Type.Object({
  ...Device.properties,
  state: Type.Union([DeviceState, Type.Null()], { description: 'Null before its first message.' }),
});

/** Climate over one instant or one interval of a longer span; what was not measured is null. */
export const ClimatePoint = Type.Object({
  at: Instant,
  temperatureC: Type.Union([Type.Number(), Type.Null()]),
  relativeHumidityPct: Type.Union([Type.Number(), Type.Null()]),
  pressureHpa: Type.Union([Type.Number(), Type.Null()]),
});

/** The code with which something was refused. */
export const RefusalCode = Type.String({ pattern: '^[A-Z_]{1,64}$' });

/** A message or record that was refused, with its raw bytes. */
export const QuarantinedMessage = Type.Object({
  id: Type.Integer(),
  device: Type.String({ description: 'As its topic names it; it need not be registered.' }),
  topic: Type.String(),
  receivedAt: Instant,
  code: Type.String(),
  reason: Type.String(),
  raw: Type.String({ description: 'Base64, at most 64 kB of it.' }),
});

/** What became of a quarantined message that was read again. */
export const QuarantineReplay = Type.Object({
  id: Type.Integer(),
  isStored: Type.Boolean({
    description: 'All of its records are in the inbox, and it is out of the quarantine.',
  }),
  stored: Type.Integer({ description: 'Records that came into the inbox.' }),
  duplicates: Type.Integer({ description: 'Records that had come another way before.' }),
  reason: Type.Union([Type.String(), Type.Null()], { description: 'Why it is refused again.' }),
});

/** Which rows of the quarantine to discard: those that fit all that is named. */
export const QuarantineSelection = Type.Object(
  {
    ids: Type.Optional(Type.Array(Type.Integer({ minimum: 1 }), { minItems: 1, maxItems: 10_000 })),
    device: Type.Optional(Id),
    code: Type.Optional(RefusalCode),
  },
  { additionalProperties: false, minProperties: 1 },
);

export const QuarantineDiscard = Type.Object({
  discarded: Type.Integer({ minimum: 0, description: 'Rows that are gone now.' }),
});

export type DeviceState = Static<typeof DeviceState>;
export type DeviceWithState = Static<typeof DeviceWithState>;
export type ClimatePoint = Static<typeof ClimatePoint>;
export type QuarantinedMessage = Static<typeof QuarantinedMessage>;
export type QuarantineReplay = Static<typeof QuarantineReplay>;
export type QuarantineSelection = Static<typeof QuarantineSelection>;
export type QuarantineDiscard = Static<typeof QuarantineDiscard>;
