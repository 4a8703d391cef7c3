import {
  Id,
  Instant,
  JostleError,
  listOf,
  type ShockBody,
  ShockEvent,
  ShockEventDetail,
  Sscc,
} from '@jostle/contracts';
import Type from '@jostle/contracts/typebox';
import { type Selectable, sql } from 'kysely';
import { shockEventOf } from '../correlation/shock-event.ts';
import { boundedTime } from '../finding/event-reader.ts';
import { toMs } from '../ledger/instants.ts';
import type { Database } from '../store/database.ts';
import { notFound } from './not-found.ts';
import type { ServerDeps } from './server-deps.ts';
import { errorAnswers, PageQuery, type TypedApp } from './typed-app.ts';

/** Shock events as they were recorded; what they mean for a return stands in its finding. */
export function shockRoutes(app: TypedApp, deps: ServerDeps): void {
  shockListRoute(app, deps);
  shockDetailRoute(app, deps);
}

function shockListRoute(app: TypedApp, { store: { db } }: ServerDeps): void {
  app.get(
    '/shocks',
    {
      schema: {
        tags: ['shocks'],
        operationId: 'list-shocks',
        summary:
          'Shock events of a device, or of whatever travelled with a shipment, in the order of their ids',
        querystring: Type.Object(
          {
            ...PageQuery,
            shipment: Type.Optional(Sscc),
            device: Type.Optional(Id),
            from: Type.Optional(Instant),
            to: Type.Optional(Instant),
          },
          { additionalProperties: false },
        ),
        response: { 200: listOf(ShockEvent), ...errorAnswers(400, 401) },
      },
    },
    async ({ query: { shipment, device, from, to, after, limit } }) => {
      if (shipment === undefined && device === undefined)
        throw new JostleError('REST_REQUEST_INVALID', 'Name a shipment or a device');
      let shocks = db
        .selectFrom('shock_event as shock')
        .selectAll()
        .orderBy('shock.id')
        .limit(limit + 1);
      if (device !== undefined) shocks = shocks.where('shock.device_id', '=', device);
      if (from !== undefined) shocks = shocks.where('shock.impact_at', '>=', toMs(from));
      if (to !== undefined) shocks = shocks.where('shock.impact_at', '<', toMs(to));
      if (after !== undefined) shocks = shocks.where('shock.id', '>', after);
      if (shipment !== undefined) shocks = shocks.where(travelledWith(shipment));
      const rows = await shocks.execute();
      const page = rows.slice(0, limit);
      return {
        items: page.map((row) => shockInRest(row, JSON.parse(row.body))),
        next: rows.length > limit ? (page.at(-1)?.id ?? null) : null,
      };
    },
  );
}

function shockDetailRoute(app: TypedApp, { store: { db } }: ServerDeps): void {
  app.get(
    '/shocks/:id',
    {
      schema: {
        tags: ['shocks'],
        operationId: 'get-shock',
        summary: 'One shock event with its waveform',
        params: Type.Object({ id: Type.String({ maxLength: 200 }) }),
        response: { 200: ShockEventDetail, ...errorAnswers(400, 401, 404) },
      },
    },
    async ({ params: { id } }) => {
      const row = await db.selectFrom('shock_event').selectAll().where('id', '=', id).executeTakeFirst();
      if (row === undefined) throw notFound('shock event', id);
      const body: ShockBody = JSON.parse(row.body);
      return {
        ...shockInRest(row, body),
        waveform: body.waveform ?? null,
      };
    },
  );
}

function shockInRest(row: Selectable<Database['shock_event']>, body: ShockBody): ShockEvent {
  const event = shockEventOf({ id: row.id, device: row.device_id, body, ...boundedTime(row) });
  return { ...event, timeQuality: row.time_quality };
}

/** A device was assigned to the shipment, or to a pallet that carries it, at the moment of the impact. */
function travelledWith(sscc: string) {
  return sql<boolean>`exists (
    with recursive carried (sscc) as (
      select cast(${sscc} as text)
      union select shipment.parent from shipment join carried on shipment.sscc = carried.sscc
      where shipment.parent is not null)
    select 1 from assignment join carried on assignment.shipment = carried.sscc
    where assignment.device = shock.device_id and assignment.starts_at <= shock.impact_at
      and (assignment.ends_at is null or assignment.ends_at > shock.impact_at))`;
}
