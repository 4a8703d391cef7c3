import Type, { type Static } from '#typebox';

/** What a restore did, counted before it is committed. */
export const RestoreReport = Type.Object({
  createdAt: Type.String({ description: 'When the backup was taken.' }),
  tables: Type.Array(
    Type.Object({
      table: Type.String(),
      before: Type.Integer({ description: 'Rows that were replaced.' }),
      backup: Type.Integer({ description: 'Rows of the backup.' }),
      after: Type.Integer({ description: 'Rows that are there now.' }),
    }),
  ),
});
export type RestoreReport = Static<typeof RestoreReport>;
