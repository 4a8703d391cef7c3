import type { DeviceWithState } from '@jostle/contracts';
import { table } from '../table/table.ts';
import { fetchDevices } from '../ui/api.ts';
import { el } from '../ui/dom.ts';
import { instantText } from '../ui/format.ts';
import { type Section, section } from '../ui/section.ts';

/** Which devices are there, and when each was last heard of. */
export function devicesSection(): Section {
  return section(el('section', { class: 'card', 'aria-label': 'Devices' }), fetchDevices, (devices) => [
    el('h2', {}, 'Devices'),
    devices.length === 0 ? noDevices() : list(devices),
  ]);
}

function list(devices: readonly DeviceWithState[]): HTMLElement {
  return table<DeviceWithState>(
    'Devices that record on the way',
    [
      { title: 'Device', cell: ({ id, name }) => el('span', {}, id, el('small', {}, ` ${name}`)) },
      { title: 'State', cell: ({ state }) => stateBadge(state) },
      { title: 'Last seen', cell: ({ state }) => seen(state?.lastReceivedAt) },
      { title: 'Newest reading', cell: ({ state }) => seen(state?.lastMeasuredAt) },
      {
        title: 'Still to come',
        isNumber: true,
        cell: ({ state }) => (state === null ? '–' : `${state.backlog} records`),
      },
    ],
    devices,
  );
}

function stateBadge(state: DeviceWithState['state']): HTMLElement {
  if (state === null) return el('span', { class: 'badge' }, '○ Never seen');
  return state.isOnline
    ? el('span', { class: 'badge online' }, '● Online')
    : el('span', { class: 'badge' }, '○ Offline');
}

function seen(instant: string | null | undefined): string {
  return instant == null ? '–' : instantText(instant);
}

function noDevices(): HTMLElement {
  return el(
    'p',
    {},
    'No device is registered. Register one with POST /api/v1/devices, then start its agent with ',
    el('code', {}, 'npx jostle-edge run'),
    '.',
  );
}
