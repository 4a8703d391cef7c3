import type { Finding, FindingCompleteness, MissingRecords } from '@jostle/contracts';
import { table, tableTwin } from '../table/table.ts';
import { completenessText, completePercentText, countText } from '../ui/completeness-text.ts';
import { el } from '../ui/dom.ts';
import { instantText } from '../ui/format.ts';

/** How much came of what was recorded on the way, by device, and what is missing; no card where nothing travelled along. */
export function completenessCards({ completeness, missing = [] }: Finding): HTMLElement[] {
  if (completeness === undefined) return [];
  return [
    el(
      'section',
      { class: 'card', 'aria-label': 'Completeness' },
      el('h2', {}, 'What came of the records'),
      el('p', {}, `Completeness ${completenessText(completeness)}`),
      ...(completeness.devices.length < 2 ? [] : [devicesTable(completeness.devices)]),
      ...silences(completeness.devices),
      missingTwin(missing),
    ),
  ];
}

/** A number of records says nothing of the time in which nobody heard of the device. */
function silences(devices: readonly DeviceRow[]): HTMLElement[] {
  return devices.flatMap(({ device, silentFrom }) =>
    silentFrom === null
      ? []
      : [
          el(
            'p',
            {},
            `Nothing was heard of ${device} from ${instantText(silentFrom)} on: what it recorded after that is not known.`,
          ),
        ],
  );
}

type DeviceRow = FindingCompleteness['devices'][number];

function devicesTable(devices: readonly DeviceRow[]): HTMLElement {
  return table<DeviceRow>(
    'Records of each device that travelled along',
    [
      { title: 'Device', cell: ({ device }) => device },
      { title: 'Complete', isNumber: true, cell: (row) => completePercentText(row.completeness) },
      { title: 'Stored', isNumber: true, cell: ({ stored }) => countText(stored) },
      { title: 'Late', isNumber: true, cell: ({ late }) => countText(late) },
      { title: 'Dropped', isNumber: true, cell: ({ dropped }) => countText(dropped) },
      { title: 'Refused', isNumber: true, cell: ({ refused }) => countText(refused) },
      { title: 'Lost', isNumber: true, cell: ({ lost }) => countText(lost) },
      { title: 'In flight', isNumber: true, cell: ({ inFlight }) => countText(inFlight) },
    ],
    devices,
  );
}

function missingTwin(missing: readonly MissingRecords[]): HTMLElement {
  const content =
    missing.length === 0
      ? el('p', {}, 'Nothing that is known of is missing.')
      : table<MissingRecords>(
          'Records that have not come, in the order of time',
          [
            { title: 'Device', cell: ({ device }) => device },
            { title: 'Records', isNumber: true, cell: ({ records }) => countText(records) },
            { title: 'State', cell: ({ state }) => state },
            { title: 'Why', cell: ({ reason }) => reason ?? '–' },
            { title: 'Made after', cell: ({ earliest }) => limitText(earliest) },
            { title: 'Made before', cell: ({ latest }) => limitText(latest) },
          ],
          missing,
        );
  return tableTwin('missing', `Missing records, as a table (${missing.length})`, content);
}

function limitText(instant: string | null): string {
  return instant === null ? '–' : instantText(instant);
}
