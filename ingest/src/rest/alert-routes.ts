import { ALERT_STATES, Alert, type AlertState, Id, listOf } from '@jostle/contracts';
import Type from '@jostle/contracts/typebox';
import type { Selectable, SelectQueryBuilder } from 'kysely';
import type { CompletenessTables } from '../completeness/completeness-tables.ts';
import { toInstant } from '../ledger/instants.ts';
import type { Database } from '../store/database.ts';
import { notFound } from './not-found.ts';
import type { ServerDeps } from './server-deps.ts';
import { errorAnswers, PageQuery, type TypedApp } from './typed-app.ts';

type AlertRow = Selectable<CompletenessTables['alert']>;

/** What people have to be told of, until somebody says that it is seen to. */
export function alertRoutes(app: TypedApp, deps: ServerDeps): void {
  listRoute(app, deps);
  acknowledgeRoute(app, deps);
}

function listRoute(app: TypedApp, { store: { db } }: ServerDeps): void {
  app.get(
    '/alerts',
    {
      schema: {
        tags: ['alerts'],
        operationId: 'list-alerts',
        summary: 'Alerts, newest first',
        querystring: Type.Object(
          {
            ...PageQuery,
            after: Type.Optional(Type.Integer({ minimum: 1 })),
            state: Type.Optional(Type.Enum([...ALERT_STATES])),
            device: Type.Optional(Id),
          },
          { additionalProperties: false },
        ),
        response: { 200: listOf(Alert), ...errorAnswers(400, 401) },
      },
    },
    async ({ query: { after, limit, state, device } }) => {
      let alerts = db
        .selectFrom('alert')
        .selectAll()
        .orderBy('id', 'desc')
        .limit(limit + 1);
      if (after !== undefined) alerts = alerts.where('id', '<', after);
      if (device !== undefined) alerts = alerts.where('device_id', '=', device);
      if (state !== undefined) alerts = inState(alerts, state);
      const rows = await alerts.execute();
      const items = rows.slice(0, limit).map(asAlert);
      return { items, next: rows.length > limit ? String(items.at(-1)?.id) : null };
    },
  );
}

function acknowledgeRoute(app: TypedApp, { store: { db }, clock }: ServerDeps): void {
  app.post(
    '/alerts/:id/acknowledge',
    {
      schema: {
        tags: ['alerts'],
        operationId: 'acknowledge-alert',
        summary: 'Say that somebody sees to an alert; the first who says so is kept',
        params: Type.Object({ id: Type.Integer({ minimum: 1 }) }),
        body: Type.Object(
          { by: Type.String({ minLength: 1, maxLength: 64, description: 'Who.' }) },
          { additionalProperties: false },
        ),
        response: { 200: Alert, ...errorAnswers(400, 401, 404) },
      },
    },
    async ({ params: { id }, body: { by } }) => {
      await db
        .updateTable('alert')
        .set({ acknowledged_at: clock.wallMs(), acknowledged_by: by })
        .where('id', '=', id)
        .where('acknowledged_at', 'is', null)
        .execute();
      const row = await db.selectFrom('alert').selectAll().where('id', '=', id).executeTakeFirst();
      if (row === undefined) throw notFound('alert', `${id}`);
      return asAlert(row);
    },
  );
}

function inState<O>(alerts: SelectQueryBuilder<Database, 'alert', O>, state: AlertState) {
  if (state === 'resolved') return alerts.where('resolved_at', 'is not', null);
  return alerts
    .where('resolved_at', 'is', null)
    .where('acknowledged_at', state === 'open' ? 'is' : 'is not', null);
}

function asAlert(row: AlertRow): Alert {
  const instant = (ms: number | null) => (ms === null ? null : toInstant(ms));
  return {
    id: row.id,
    kind: row.kind,
    state: row.resolved_at !== null ? 'resolved' : row.acknowledged_at !== null ? 'acknowledged' : 'open',
    device: row.device_id,
    epoch: row.epoch,
    fromSeq: row.from_seq,
    toSeq: row.to_seq,
    records: row.records,
    raisedAt: toInstant(row.raised_at),
    detail: row.detail,
    acknowledgedAt: instant(row.acknowledged_at),
    acknowledgedBy: row.acknowledged_by,
    resolvedAt: instant(row.resolved_at),
  };
}
