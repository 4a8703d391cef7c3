import type { Alert } from '@jostle/contracts';
import { table } from '../table/table.ts';
import { fetchAlerts } from '../ui/api.ts';
import { el } from '../ui/dom.ts';
import { instantText } from '../ui/format.ts';
import { type Section, section } from '../ui/section.ts';

/** One line at the top of every page while nobody sees to an alert. */
export function alertsBar(): Section {
  const element = el('section', { class: 'alarm', 'aria-label': 'Open alerts' });
  return section(element, fetchAlerts, ({ items, next }) => {
    if (items.length === 0) return [];
    const count = `${items.length}${next === null ? '' : '+'} open ${items.length === 1 ? 'alert' : 'alerts'}`;
    const devices = [...new Set(items.map(({ device }) => device))];
    const where = devices.length === 1 ? devices.join() : `${devices.length} devices`;
    return [el('span', {}, el('a', { href: '#/alerts' }, count), ` from ${where}`)];
  });
}

/** What was lost, changed, sent by two devices or refused without being kept. */
export function alertsPage(): Section[] {
  const element = el('section', { class: 'card', 'aria-label': 'Alerts' });
  const list = section(element, fetchAlerts, ({ items, next }) => [
    el('h1', {}, 'Open alerts'),
    items.length === 0 ? el('p', {}, 'Nothing needs to be seen to.') : alertTable(items),
    ...(next === null ? [] : [el('p', {}, 'These are the newest; there are more.')]),
    el(
      'p',
      {},
      'Once somebody sees to one, say so with ',
      el('code', {}, 'npx jostle alerts ack ID'),
      '. ',
      el('a', { href: '#/' }, 'All returns'),
    ),
  ]);
  return [list];
}

function alertTable(alerts: readonly Alert[]): HTMLElement {
  return table<Alert>(
    'Alerts, the newest first',
    [
      { title: 'Id', isNumber: true, cell: ({ id }) => `${id}` },
      { title: 'Raised', cell: ({ raisedAt }) => instantText(raisedAt) },
      { title: 'Device', cell: ({ device }) => device },
      { title: 'What', cell: ({ kind }) => kind },
      {
        title: 'Records',
        isNumber: true,
        cell: ({ fromSeq, toSeq, records }) =>
          el(
            'span',
            {},
            `${records}`,
            el('small', {}, ` ${fromSeq === toSeq ? `no. ${fromSeq}` : `no. ${fromSeq} to ${toSeq}`}`),
          ),
      },
      { title: 'Why', cell: ({ detail }) => detail },
    ],
    alerts,
  );
}
