import type { DeviceWithState, Finding } from '@jostle/contracts';
import type { ApiClient } from './api-client.ts';
import type { Story } from './story.ts';

/** Enters orders, shipments, legs and assignments, as a shop's systems would. */
export async function enterLedger(story: Story, api: ApiClient): Promise<void> {
  const enter = async (path: string, entries: readonly unknown[]) => {
    for (const entry of entries) await api.create(path, entry);
  };
  await enter('/sites', story.sites);
  await enter('/carriers', story.carriers);
  await enter('/products', story.products);
  await enter(
    '/devices',
    story.parcels.map((p) => p.device),
  );
  await enter(
    '/orders',
    story.parcels.map((p) => p.order),
  );
  await enter(
    '/shipments',
    story.parcels.map((p) => p.shipment),
  );
  await enter(
    '/legs',
    story.parcels.flatMap((p) => p.legs),
  );
  await enter(
    '/hand-offs',
    story.parcels.flatMap((p) => p.handOffs),
  );
  await enter(
    '/assignments',
    story.parcels.map((p) => p.assignment),
  );
}

/**
 * Follows the parcels until they are delivered and everything that their devices measured has arrived, then files
 * the returns as customers would.
 *
 * @param command how a person calls the desk's tool here
 */
export async function tellStory(
  story: Story,
  api: ApiClient,
  say: (line: string) => void,
  command: string,
): Promise<void> {
  const [parcel] = story.parcels;
  let told = 0;
  for (;;) {
    const { reachedMs, backlog } = await reported(story, api);
    for (const leg of parcel?.legs.slice(told) ?? []) {
      if (reachedMs < Date.parse(leg.startsAt)) break;
      say(`${leg.startsAt.slice(11, 16)} UTC  all parcels: ${leg.mode}, ${placeOf(story, leg.from, leg.to)}`);
      told += 1;
    }
    if (reachedMs >= story.deliveredAtMs && backlog === 0) break;
    await api.pause();
  }
  for (const claim of story.returns) {
    await api.create('/returns', claim);
    const finding = await api.get<Finding>(`/returns/${claim.id}/finding`);
    say(`\nReturn ${claim.id} (${claim.damageKind}): ${finding.explanation}`);
    say(`  ${command} finding ${claim.id}`);
  }
}

/** How far all devices of the story have come, ms, and how many of their records are still to come. */
async function reported(story: Story, api: ApiClient): Promise<{ reachedMs: number; backlog: number }> {
  const devices = await Promise.all(
    story.parcels.map((p) => api.get<DeviceWithState>(`/devices/${p.device.id}`)),
  );
  return {
    reachedMs: Math.min(...devices.map(({ state }) => Date.parse(state?.lastMeasuredAt ?? '') || 0)),
    backlog: devices.reduce((sum, { state }) => sum + (state?.backlog ?? 0), 0),
  };
}

function placeOf(story: Story, from: string, to: string): string {
  const name = (id: string) => story.sites.find((site) => site.id === id)?.name ?? id;
  return from === to ? name(from) : `${name(from)} to ${name(to)}`;
}
