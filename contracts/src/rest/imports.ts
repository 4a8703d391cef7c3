import Type, { type Static } from '#typebox';

export const IMPORT_KINDS = ['orders', 'shipments', 'returns'] as const;
export type ImportKind = (typeof IMPORT_KINDS)[number];

/** One refused row: what is wrong, and where. Lines count from 1, the header included. */
export const RowProblem = Type.Object({
  line: Type.Integer({ minimum: 1 }),
  column: Type.Union([Type.String(), Type.Null()]),
  code: Type.String(),
  message: Type.String(),
});

/** The state of one import. All or nothing, unless it was started as partial. */
export const ImportReport = Type.Object({
  id: Type.String(),
  kind: Type.Enum([...IMPORT_KINDS]),
  state: Type.Union([Type.Literal('running'), Type.Literal('done'), Type.Literal('refused')], {
    description: 'Refused: rows or the file are wrong and nothing at all was written.',
  }),
  isPartial: Type.Boolean(),
  bytes: Type.Integer(),
  bytesRead: Type.Integer(),
  rows: Type.Integer({ description: 'Rows read so far, without the header.' }),
  created: Type.Record(Type.String(), Type.Integer(), { description: 'New entries per table.' }),
  unchanged: Type.Integer({ description: 'Entries that were already there with the same content.' }),
  importedRows: Type.Integer({
    description:
      'Rows whose entry is in the ledger now. With excluded and refused rows it adds up to `rows`.',
  }),
  excludedRows: Type.Integer({ description: 'Rows that the column mapping leaves out.' }),
  refusedRows: Type.Integer(),
  exclusions: Type.Array(
    Type.Object({
      because: Type.String(),
      rows: Type.Integer(),
      lines: Type.Array(Type.Integer(), { description: 'The first 20.' }),
    }),
    { description: 'Why rows were left out, in the words of the mapping.' },
  ),
  problems: Type.Array(RowProblem, { description: 'The first 1,000.' }),
});

export type RowProblem = Static<typeof RowProblem>;
export type ImportReport = Static<typeof ImportReport>;
