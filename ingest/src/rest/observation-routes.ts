import { ClimatePoint, Finding, Id, Instant, listOf, QuarantinedMessage } from '@jostle/contracts';
import Type from 'typebox';
import { readEntry } from '../ledger/entries-read.ts';
import { asAnyDatabase } from '../ledger/entry-kind.ts';
import { toInstant, toMs } from '../ledger/instants.ts';
import { checkRange } from '../ledger/journey-kinds.ts';
import { deviceKind } from '../ledger/place-kinds.ts';
import { notFound } from './not-found.ts';
import type { ServerDeps } from './server-deps.ts';
import { errorAnswers, PageQuery, type TypedApp } from './typed-app.ts';

/** What was measured, what was refused, and what follows from it for a return. */
export function observationRoutes(app: TypedApp, deps: ServerDeps): void {
  findingRoute(app, deps);
  climateRoute(app, deps);
  quarantineRoute(app, deps);
}

function findingRoute(app: TypedApp, { findings }: ServerDeps): void {
  app.get(
    '/returns/:id/finding',
    {
      schema: {
        tags: ['returns'],
        operationId: 'get-finding',
        summary: 'Which leg explains the damage, how sure that is, and what was not observed',
        params: Type.Object({ id: Id }),
        response: { 200: Finding, ...errorAnswers(400, 401, 404) },
      },
    },
    async ({ params: { id } }) => findings.findingOf(id),
  );
}

function climateRoute(app: TypedApp, { store, telemetry }: ServerDeps): void {
  app.get(
    '/devices/:id/climate',
    {
      schema: {
        tags: ['devices'],
        operationId: 'get-climate',
        summary: 'Climate of a device over [from, to)',
        params: Type.Object({ id: Id }),
        querystring: Type.Object(
          {
            from: Instant,
            to: Instant,
            points: Type.Integer({ minimum: 1, maximum: 5000, default: 1000, description: 'At most.' }),
          },
          { additionalProperties: false },
        ),
        response: {
          200: Type.Object({ items: Type.Array(ClimatePoint) }),
          ...errorAnswers(400, 401, 404, 422),
        },
      },
    },
    async ({ params: { id }, query: { from, to, points } }) => {
      checkRange({ startsAt: from, endsAt: to });
      if ((await readEntry(asAnyDatabase(store.db), deviceKind, id)) === undefined)
        throw notFound('device', id);
      const readings = await telemetry.climate(id, toMs(from), toMs(to), points);
      return {
        items: readings.map((reading) => ({
          at: toInstant(reading.measuredAt),
          temperatureC: reading.temperatureC ?? null,
          relativeHumidityPct: reading.relativeHumidityPct ?? null,
          pressureHpa: reading.pressureHpa ?? null,
        })),
      };
    },
  );
}

function quarantineRoute(app: TypedApp, { store: { db } }: ServerDeps): void {
  app.get(
    '/quarantine',
    {
      schema: {
        tags: ['quarantine'],
        operationId: 'list-quarantine',
        summary: 'Refused messages and records, newest first',
        querystring: Type.Object(
          { ...PageQuery, after: Type.Optional(Type.Integer({ minimum: 1 })), device: Type.Optional(Id) },
          { additionalProperties: false },
        ),
        response: { 200: listOf(QuarantinedMessage), ...errorAnswers(400, 401) },
      },
    },
    async ({ query: { after, limit, device } }) => {
      let refused = db
        .selectFrom('quarantine')
        .selectAll()
        .orderBy('id', 'desc')
        .limit(limit + 1);
      if (after !== undefined) refused = refused.where('id', '<', after);
      if (device !== undefined) refused = refused.where('device_id', '=', device);
      const rows = await refused.execute();
      const items = rows.slice(0, limit).map((row) => ({
        id: row.id,
        device: row.device_id,
        topic: row.topic,
        receivedAt: toInstant(row.received_at),
        code: row.code,
        reason: row.reason,
        raw: row.raw,
      }));
      return { items, next: rows.length > limit ? String(items.at(-1)?.id) : null };
    },
  );
}
