import { ClimatePoint, Finding, Id, Instant } from '@jostle/contracts';
import Type from '@jostle/contracts/typebox';
import { readEntry } from '../ledger/entries-read.ts';
import { asAnyDatabase } from '../ledger/entry-kind.ts';
import { toInstant, toMs } from '../ledger/instants.ts';
import { checkRange } from '../ledger/journey-kinds.ts';
import { deviceKind } from '../ledger/place-kinds.ts';
import { notFound } from './not-found.ts';
import type { ServerDeps } from './server-deps.ts';
import { errorAnswers, type TypedApp } from './typed-app.ts';

/** What was measured, and what follows from it for a return. */
export function observationRoutes(app: TypedApp, deps: ServerDeps): void {
  findingRoute(app, deps);
  climateRoute(app, deps);
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
