import Type, { type Static } from '#typebox';

/**
 * What ingest has committed of one epoch. Only what it covers may leave the outbox.
 * Each names all that is settled from seq 1 on and the ranges in which the messages lie that it answers. A lost one only
 * delays: what it named is sent again, and answered again.
 */
export const ReceiptMessage = Type.Object(
  {
    v: Type.Literal(1, { description: 'Version of the wire format.' }),
    epoch: Type.String({ pattern: '^[0-9a-f-]{36}$', description: 'The epoch that it speaks of.' }),
    upTo: Type.Integer({
      minimum: 0,
      description: 'Every seq from 1 to this is committed, or was no longer in the outbox.',
    }),
    have: Type.Array(Type.Tuple([Type.Integer({ minimum: 1 }), Type.Integer({ minimum: 1 })]), {
      description:
        'Committed ranges above upTo that hold records of the messages this answers, both ends included.',
    }),
    dead: Type.Array(
      Type.Object(
        { seq: Type.Integer({ minimum: 1 }), code: Type.String() },
        { additionalProperties: false },
      ),
      {
        description:
          'Records of the messages this answers that went into quarantine; they count as committed.',
      },
    ),
  },
  { additionalProperties: false },
);
export type ReceiptMessage = Static<typeof ReceiptMessage>;

/** Whether the device is there. Published on connect, and by the broker as its will. */
export const StatusMessage = Type.Object(
  {
    v: Type.Literal(1, { description: 'Version of the wire format.' }),
    state: Type.Union([Type.Literal('online'), Type.Literal('offline')]),
    agent: Type.Optional(Type.String({ maxLength: 32, description: 'Version of the agent.' })),
    backlog: Type.Optional(Type.Integer({ minimum: 0, description: 'Records without a receipt.' })),
  },
  { additionalProperties: false },
);
export type StatusMessage = Static<typeof StatusMessage>;
