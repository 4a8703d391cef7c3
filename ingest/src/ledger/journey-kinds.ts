import { type Assignment, type HandOff, JostleError, type Leg } from '@jostle/contracts';
import { custodianReference, type EntryKind, reference } from './entry-kind.ts';
import { toInstant, toMs } from './instants.ts';

export const legKind: EntryKind<Leg> = {
  name: 'leg',
  table: 'leg',
  key: 'id',
  toRow: (leg) => ({
    id: leg.id,
    shipment: leg.shipment,
    mode: leg.mode,
    custodian: leg.custodian,
    from_site: leg.from,
    to_site: leg.to,
    starts_at: toMs(leg.startsAt),
    ends_at: toMs(leg.endsAt),
  }),
  fromRow: (row) =>
    ({
      id: row['id'],
      shipment: row['shipment'],
      mode: row['mode'],
      custodian: row['custodian'],
      from: row['from_site'],
      to: row['to_site'],
      startsAt: toInstant(Number(row['starts_at'])),
      endsAt: toInstant(Number(row['ends_at'])),
    }) as Leg,
  references: (leg) => [
    reference('/shipment', 'shipment', 'shipment', 'sscc', leg.shipment),
    custodianReference('/custodian', leg.custodian),
    reference('/from', 'site', 'site', 'id', leg.from),
    reference('/to', 'site', 'site', 'id', leg.to),
  ],
  check: checkRange,
};

export const handOffKind: EntryKind<HandOff> = {
  name: 'hand-off',
  table: 'hand_off',
  key: 'id',
  toRow: ({ id, shipment, giver, taker, site, at, exception }) => ({
    id,
    shipment,
    giver,
    taker,
    site,
    happened_at: toMs(at),
    exception,
  }),
  fromRow: (row) =>
    ({
      id: row['id'],
      shipment: row['shipment'],
      giver: row['giver'],
      taker: row['taker'],
      site: row['site'],
      at: toInstant(Number(row['happened_at'])),
      exception: row['exception'],
    }) as HandOff,
  references: (handOff) => [
    reference('/shipment', 'shipment', 'shipment', 'sscc', handOff.shipment),
    custodianReference('/giver', handOff.giver),
    custodianReference('/taker', handOff.taker),
    reference('/site', 'site', 'site', 'id', handOff.site),
  ],
};

export const assignmentKind: EntryKind<Assignment> = {
  name: 'assignment',
  table: 'assignment',
  key: 'id',
  toRow: ({ id, device, shipment, site, zone, startsAt, endsAt }) => ({
    id,
    device,
    shipment,
    site,
    zone,
    starts_at: toMs(startsAt),
    ends_at: endsAt === null ? null : toMs(endsAt),
  }),
  fromRow: (row) =>
    ({
      id: row['id'],
      device: row['device'],
      shipment: row['shipment'],
      site: row['site'],
      zone: row['zone'],
      startsAt: toInstant(Number(row['starts_at'])),
      endsAt: row['ends_at'] === null ? null : toInstant(Number(row['ends_at'])),
    }) as Assignment,
  references: ({ device, shipment, site }) => [
    reference('/device', 'device', 'device', 'id', device),
    ...(shipment === null ? [] : [reference('/shipment', 'shipment', 'shipment', 'sscc', shipment)]),
    ...(site === null ? [] : [reference('/site', 'site', 'site', 'id', site)]),
  ],
  check: (assignment) => {
    checkRange(assignment);
    const { shipment, site, zone } = assignment;
    if ((shipment === null) === (site === null))
      throw new JostleError(
        'REST_REQUEST_INVALID',
        'Give exactly one of shipment and site; the other is null',
      );
    if (zone !== null && site === null)
      throw new JostleError('REST_REQUEST_INVALID', 'A zone belongs to a site; with a shipment it is null');
  },
};

/** @throws JostleError LEDGER_RANGE_INVALID */
export function checkRange({ startsAt, endsAt }: { startsAt: string; endsAt: string | null }): void {
  if (endsAt !== null && toMs(endsAt) <= toMs(startsAt))
    throw new JostleError(
      'LEDGER_RANGE_INVALID',
      `The range starts at ${startsAt}, but ends at ${endsAt}; give a later end`,
    );
}
