import type { Carrier, ClimateLimits, Device, Product, Site } from '@jostle/contracts';
import type { EntryKind } from './entry-kind.ts';

export const siteKind: EntryKind<Site> = {
  name: 'site',
  table: 'site',
  key: 'id',
  toRow: ({ id, name, kind }) => ({ id, name, kind }),
  fromRow: (row) => ({ id: row['id'], name: row['name'], kind: row['kind'] }) as Site,
  references: () => [],
};

export const carrierKind: EntryKind<Carrier> = {
  name: 'carrier',
  table: 'carrier',
  key: 'id',
  toRow: ({ id, name }) => ({ id, name }),
  fromRow: (row) => ({ id: row['id'], name: row['name'] }) as Carrier,
  references: () => [],
};

export const deviceKind: EntryKind<Device> = {
  name: 'device',
  table: 'device',
  key: 'id',
  toRow: ({ id, name }) => ({ id, name }),
  fromRow: (row) => ({ id: row['id'], name: row['name'] }) as Device,
  references: () => [],
};

export const productKind: EntryKind<Product> = {
  name: 'product',
  table: 'product',
  key: 'sku',
  toRow: ({ sku, name, fragility, climateLimits }) => ({
    sku,
    name,
    critical_acceleration_g: fragility?.criticalAccelerationG ?? null,
    critical_velocity_change_mps: fragility?.criticalVelocityChangeMps ?? null,
    climate_limits: climateLimits === null ? null : limitsJson(climateLimits),
  }),
  fromRow: (row) =>
    ({
      sku: row['sku'],
      name: row['name'],
      fragility:
        row['critical_acceleration_g'] === null
          ? null
          : {
              criticalAccelerationG: row['critical_acceleration_g'],
              criticalVelocityChangeMps: row['critical_velocity_change_mps'],
            },
      climateLimits: row['climate_limits'] === null ? null : JSON.parse(String(row['climate_limits'])),
    }) as Product,
  references: () => [],
};

/** Keys in a fixed order, so that the same limits are the same text. */
function limitsJson(limits: ClimateLimits): string {
  const { minTemperatureC, maxTemperatureC, minHumidityPct, maxHumidityPct } = limits;
  return JSON.stringify({ minTemperatureC, maxTemperatureC, minHumidityPct, maxHumidityPct });
}
