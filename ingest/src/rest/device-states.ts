import {
  addRange,
  countOf,
  type Device,
  type DeviceWithState,
  missingFrom,
  type SeqRanges,
} from '@jostle/contracts';
import { toInstant } from '../ledger/instants.ts';
import type { ServerDeps } from './server-deps.ts';

/** Puts to each device what its messages told; null where none came yet. */
export function deviceStates({ store: { db } }: ServerDeps) {
  return async (devices: readonly Device[]): Promise<DeviceWithState[]> => {
    if (devices.length === 0) return [];
    const ids = devices.map((device) => device.id);
    const states = await db.selectFrom('device_state').selectAll().where('device_id', 'in', ids).execute();
    // Keyed by device: sequence numbers of its present epoch that came, or that it says it dropped.
    const settled = new Map<string, SeqRanges>();
    for (const table of ['received', 'dropped'] as const) {
      const ranges = await db
        .selectFrom(table)
        .innerJoin('device_state', (join) =>
          join
            .onRef('device_state.device_id', '=', `${table}.device_id`)
            .onRef('device_state.epoch', '=', `${table}.epoch`),
        )
        .select([`${table}.device_id`, `${table}.from_seq`, `${table}.to_seq`])
        .where(`${table}.device_id`, 'in', ids)
        .execute();
      for (const { device_id, from_seq, to_seq } of ranges)
        settled.set(device_id, addRange(settled.get(device_id) ?? [], from_seq, to_seq));
    }
    return devices.map((device) => {
      const state = states.find((s) => s.device_id === device.id);
      if (state === undefined) return { ...device, state: null };
      const missing = missingFrom(settled.get(device.id) ?? [], Math.max(1, state.min_seq), state.max_seq);
      return {
        ...device,
        state: {
          isOnline: state.is_online === 1,
          lastMeasuredAt: state.last_measured_at === null ? null : toInstant(state.last_measured_at),
          lastReceivedAt: state.last_received_at === null ? null : toInstant(state.last_received_at),
          backlog: countOf(missing),
        },
      };
    });
  };
}
