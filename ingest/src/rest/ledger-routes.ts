import {
  Assignment,
  Carrier,
  Device,
  DeviceWithState,
  HandOff,
  Id,
  Leg,
  Order,
  Product,
  Return,
  ReturnWithFinding,
  Shipment,
  Site,
  Sku,
  Sscc,
} from '@jostle/contracts';
import { assignmentKind, handOffKind, legKind } from '../ledger/journey-kinds.ts';
import { orderKind, returnKind, shipmentKind } from '../ledger/order-kinds.ts';
import { carrierKind, deviceKind, productKind, siteKind } from '../ledger/place-kinds.ts';
import { deviceStates } from './device-states.ts';
import { entryRoutes } from './entry-routes.ts';
import { findingSummaries } from './finding-summaries.ts';
import type { ServerDeps } from './server-deps.ts';
import type { TypedApp } from './typed-app.ts';

/** The kinds of entries that the desk and other systems write. */
export function ledgerRoutes(app: TypedApp, deps: ServerDeps): void {
  const byShipment = { shipment: { column: 'shipment', schema: Sscc } };
  entryRoutes(app, deps, { path: 'sites', schema: Site, id: Id, kind: siteKind });
  entryRoutes(app, deps, { path: 'carriers', schema: Carrier, id: Id, kind: carrierKind });
  entryRoutes(app, deps, { path: 'products', schema: Product, id: Sku, kind: productKind });
  entryRoutes(app, deps, { path: 'orders', schema: Order, id: Id, kind: orderKind });
  entryRoutes(app, deps, {
    path: 'shipments',
    schema: Shipment,
    id: Sscc,
    kind: shipmentKind,
    filters: { parent: { column: 'parent', schema: Sscc } },
  });
  entryRoutes(app, deps, { path: 'legs', schema: Leg, id: Id, kind: legKind, filters: byShipment });
  entryRoutes(app, deps, {
    path: 'hand-offs',
    schema: HandOff,
    id: Id,
    kind: handOffKind,
    filters: byShipment,
  });
  entryRoutes(app, deps, {
    path: 'devices',
    schema: Device,
    id: Id,
    kind: deviceKind,
    view: { schema: DeviceWithState, show: deviceStates(deps) },
  });
  entryRoutes(app, deps, {
    path: 'assignments',
    schema: Assignment,
    id: Id,
    kind: assignmentKind,
    filters: { ...byShipment, device: { column: 'device', schema: Id } },
  });
  entryRoutes(app, deps, {
    path: 'returns',
    schema: Return,
    id: Id,
    kind: returnKind,
    filters: { ...byShipment, order: { column: 'order_id', schema: Id } },
    view: { schema: ReturnWithFinding, show: findingSummaries(deps) },
  });
}
