import { DeviceCompleteness, Id, Instant, ShipmentCompleteness, Sscc } from '@jostle/contracts';
import Type from '@jostle/contracts/typebox';
import { deviceCompleteness, shipmentCompleteness } from '../completeness/device-completeness.ts';
import { readEntry } from '../ledger/entries-read.ts';
import { asAnyDatabase } from '../ledger/entry-kind.ts';
import { toMs } from '../ledger/instants.ts';
import { checkRange } from '../ledger/journey-kinds.ts';
import { shipmentKind } from '../ledger/order-kinds.ts';
import { deviceKind } from '../ledger/place-kinds.ts';
import { notFound } from './not-found.ts';
import type { ServerDeps } from './server-deps.ts';
import { errorAnswers, type TypedApp } from './typed-app.ts';

/** How much of what was recorded has come, and what is missing. */
export function completenessRoutes(app: TypedApp, { store: { db }, clock }: ServerDeps): void {
  app.get(
    '/devices/:id/completeness',
    {
      schema: {
        tags: ['devices'],
        operationId: 'get-device-completeness',
        summary: 'How much of what a device recorded has come, and every gap, in all or over [from, to)',
        params: Type.Object({ id: Id }),
        querystring: Type.Object(
          { from: Type.Optional(Instant), to: Type.Optional(Instant) },
          { additionalProperties: false },
        ),
        response: { 200: DeviceCompleteness, ...errorAnswers(400, 401, 404, 422) },
      },
    },
    async ({ params: { id }, query: { from, to } }) => {
      if (from !== undefined && to !== undefined) checkRange({ startsAt: from, endsAt: to });
      if ((await readEntry(asAnyDatabase(db), deviceKind, id)) === undefined) throw notFound('device', id);
      const span =
        from === undefined && to === undefined
          ? null
          : {
              startsAt: from === undefined ? Number.MIN_SAFE_INTEGER : toMs(from),
              endsAt: to === undefined ? Number.MAX_SAFE_INTEGER : toMs(to),
            };
      return deviceCompleteness(db, id, clock.wallMs(), span);
    },
  );

  app.get(
    '/shipments/:sscc/completeness',
    {
      schema: {
        tags: ['shipments'],
        operationId: 'get-shipment-completeness',
        summary: 'The same for the devices that travelled with a shipment, each while it did',
        params: Type.Object({ sscc: Sscc }),
        response: { 200: ShipmentCompleteness, ...errorAnswers(400, 401, 404) },
      },
    },
    async ({ params: { sscc } }) => {
      if ((await readEntry(asAnyDatabase(db), shipmentKind, sscc)) === undefined)
        throw notFound('shipment', sscc);
      return shipmentCompleteness(db, sscc, clock.wallMs());
    },
  );
}
