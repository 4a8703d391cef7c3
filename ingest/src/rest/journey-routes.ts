import { Assignment, Id, Instant, Leg, OpenInstant, Sscc } from '@jostle/contracts';
import Type from '@jostle/contracts/typebox';
import { readEntry } from '../ledger/entries-read.ts';
import { setEnd } from '../ledger/entries-write.ts';
import { type AnyDatabase, asAnyDatabase } from '../ledger/entry-kind.ts';
import { toMs } from '../ledger/instants.ts';
import { assignmentKind, legKind } from '../ledger/journey-kinds.ts';
import { shipmentKind } from '../ledger/order-kinds.ts';
import { notFound } from './not-found.ts';
import type { ServerDeps } from './server-deps.ts';
import { errorAnswers, type TypedApp } from './typed-app.ts';

const strict = { additionalProperties: false } as const;

/** The legs of a shipment in their order, and the ends that are only known later. */
export function journeyRoutes(app: TypedApp, deps: ServerDeps): void {
  const db = asAnyDatabase(deps.store.db);
  legListRoute(app, db);
  endRoutes(app, db);
}

function legListRoute(app: TypedApp, db: AnyDatabase): void {
  app.get(
    '/shipments/:sscc/legs',
    {
      schema: {
        tags: ['legs'],
        operationId: 'list-legs-of-shipment',
        summary: 'The legs of a shipment in the order of time',
        params: Type.Object({ sscc: Sscc }),
        response: { 200: Type.Object({ items: Type.Array(Leg) }), ...errorAnswers(400, 401, 404) },
      },
    },
    async ({ params: { sscc } }) => {
      if ((await readEntry(db, shipmentKind, sscc)) === undefined) throw notFound('shipment', sscc);
      const rows = await db
        .selectFrom('leg')
        .selectAll()
        .where('shipment', '=', sscc)
        .orderBy('starts_at')
        .execute();
      return { items: rows.map((row) => legKind.fromRow(row, [])) };
    },
  );
}

function endRoutes(app: TypedApp, db: AnyDatabase): void {
  app.patch(
    '/legs/:id',
    {
      schema: {
        tags: ['legs'],
        operationId: 'end-leg',
        summary: 'Set when a leg ended',
        params: Type.Object({ id: Id }),
        body: Type.Object({ endsAt: Instant }, strict),
        response: { 200: Leg, ...errorAnswers(400, 401, 404, 409, 422) },
      },
    },
    async ({ params: { id }, body: { endsAt } }) => {
      if (!(await setEnd(db, legKind, id, toMs(endsAt)))) throw notFound('leg', id);
      return readEntry(db, legKind, id);
    },
  );

  app.patch(
    '/assignments/:id',
    {
      schema: {
        tags: ['assignments'],
        operationId: 'end-assignment',
        summary: 'Set when a device was taken off; null while it is still there',
        params: Type.Object({ id: Id }),
        body: Type.Object({ endsAt: OpenInstant }, strict),
        response: { 200: Assignment, ...errorAnswers(400, 401, 404, 409, 422) },
      },
    },
    async ({ params: { id }, body: { endsAt } }) => {
      const end = endsAt === null ? null : toMs(endsAt);
      if (!(await setEnd(db, assignmentKind, id, end))) throw notFound('assignment', id);
      return readEntry(db, assignmentKind, id);
    },
  );
}
