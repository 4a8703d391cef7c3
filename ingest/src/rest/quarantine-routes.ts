import {
  Id,
  listOf,
  QuarantineDiscard,
  QuarantinedMessage,
  QuarantineReplay,
  QuarantineSelection,
  RefusalCode,
} from '@jostle/contracts';
import Type from '@jostle/contracts/typebox';
import type { Selectable } from 'kysely';
import type { InboxTables } from '../inbox/inbox-tables.ts';
import { discardQuarantined } from '../inbox/quarantine-discard.ts';
import { toInstant } from '../ledger/instants.ts';
import { notFound } from './not-found.ts';
import type { ServerDeps } from './server-deps.ts';
import { errorAnswers, PageQuery, type TypedApp } from './typed-app.ts';

const Params = Type.Object({ id: Type.Integer({ minimum: 1 }) });

/** What was refused: to be looked at, to be read again once the cause is mended, and to be discarded. */
export function quarantineRoutes(app: TypedApp, { store: { db }, replayQuarantined }: ServerDeps): void {
  app.get(
    '/quarantine',
    {
      schema: {
        tags: ['quarantine'],
        operationId: 'list-quarantine',
        summary: 'Refused messages and records, newest first',
        querystring: Type.Object(
          {
            ...PageQuery,
            after: Type.Optional(Type.Integer({ minimum: 1 })),
            device: Type.Optional(Id),
            code: Type.Optional(RefusalCode),
          },
          { additionalProperties: false },
        ),
        response: { 200: listOf(QuarantinedMessage), ...errorAnswers(400, 401) },
      },
    },
    async ({ query: { after, limit, device, code } }) => {
      let refused = db
        .selectFrom('quarantine')
        .selectAll()
        .orderBy('id', 'desc')
        .limit(limit + 1);
      if (after !== undefined) refused = refused.where('id', '<', after);
      if (device !== undefined) refused = refused.where('device_id', '=', device);
      if (code !== undefined) refused = refused.where('code', '=', code);
      const rows = await refused.execute();
      const items = rows.slice(0, limit).map(asMessage);
      return { items, next: rows.length > limit ? String(items.at(-1)?.id) : null };
    },
  );

  app.get(
    '/quarantine/:id',
    {
      schema: {
        tags: ['quarantine'],
        operationId: 'get-quarantined',
        summary: 'One refused message or record',
        params: Params,
        response: { 200: QuarantinedMessage, ...errorAnswers(400, 401, 404) },
      },
    },
    async ({ params: { id } }) => {
      const row = await db.selectFrom('quarantine').selectAll().where('id', '=', id).executeTakeFirst();
      if (row === undefined) throw notFound('quarantined message', `${id}`);
      return asMessage(row);
    },
  );

  app.post(
    '/quarantine/:id/replay',
    {
      schema: {
        tags: ['quarantine'],
        operationId: 'replay-quarantined',
        summary: 'Read a refused message again, after its cause was mended',
        params: Params,
        response: { 200: QuarantineReplay, ...errorAnswers(400, 401, 404) },
      },
    },
    async ({ params: { id } }) => {
      const replay = await replayQuarantined(id);
      if (replay === undefined) throw notFound('quarantined message', `${id}`);
      return replay;
    },
  );

  app.post(
    '/quarantine/discard',
    {
      schema: {
        tags: ['quarantine'],
        operationId: 'discard-quarantined',
        summary:
          'Take refused messages out of the quarantine for good; those that are gone already are not counted',
        body: QuarantineSelection,
        response: { 200: QuarantineDiscard, ...errorAnswers(400, 401) },
      },
    },
    async ({ body }) => ({ discarded: await discardQuarantined(db, body) }),
  );
}

function asMessage(row: Selectable<InboxTables['quarantine']>): QuarantinedMessage {
  return {
    id: row.id,
    device: row.device_id,
    topic: row.topic,
    receivedAt: toInstant(row.received_at),
    code: row.code,
    reason: row.reason,
    raw: row.raw,
  };
}
