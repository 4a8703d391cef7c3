import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type DeviceWithState, type Finding, MINUTE_MS } from '@jostle/contracts';
import type { ApiClient } from './api-client.ts';
import { STORY_MIN, type Story, storyFrom } from './story.ts';

/** What is kept of the story between two starts. */
interface StoryState {
  startsAtMs: number;
  isTold: boolean;
}

/**
 * The story that this data folder is telling. A new one starts so far back that, told faster than the wall
 * clock, it ends about now; one that was interrupted goes on where its devices left off.
 */
export function storyOf(folder: string, nowMs: number): { story: Story; isTold: boolean } {
  const state = readState(folder) ?? { startsAtMs: nowMs - STORY_MIN * MINUTE_MS, isTold: false };
  writeState(folder, state);
  return { story: storyFrom(state.startsAtMs), isTold: state.isTold };
}

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

/** Follows the parcels until they are delivered and reported, then files the returns as customers would. */
export async function tellStory(
  story: Story,
  folder: string,
  api: ApiClient,
  say: (line: string) => void,
): Promise<void> {
  const [parcel] = story.parcels;
  let told = 0;
  for (;;) {
    const reachedMs = await reportedUntil(story, api);
    for (const leg of parcel?.legs.slice(told) ?? []) {
      if (reachedMs < Date.parse(leg.startsAt)) break;
      say(`${leg.startsAt.slice(11, 16)} UTC  all parcels: ${leg.mode}, ${placeOf(story, leg.from, leg.to)}`);
      told += 1;
    }
    if (reachedMs >= story.deliveredAtMs) break;
    await api.pause();
  }
  for (const claim of story.returns) {
    await api.create('/returns', claim);
    const finding = await api.get<Finding>(`/returns/${claim.id}/finding`);
    say(`\nReturn ${claim.id} (${claim.damageKind}): ${finding.explanation}`);
    say(`  npx jostle finding ${claim.id}`);
  }
  writeState(folder, { startsAtMs: story.startsAtMs, isTold: true });
}

/** The time up to which every device of the story has a receipt for what it measured, ms. */
async function reportedUntil(story: Story, api: ApiClient): Promise<number> {
  const states = await Promise.all(
    story.parcels.map((p) => api.get<DeviceWithState>(`/devices/${p.device.id}`)),
  );
  return Math.min(
    ...states.map(({ state }) => (state?.lastMeasuredAt ? Date.parse(state.lastMeasuredAt) : 0)),
  );
}

function placeOf(story: Story, from: string, to: string): string {
  const name = (id: string) => story.sites.find((site) => site.id === id)?.name ?? id;
  return from === to ? name(from) : `${name(from)} to ${name(to)}`;
}

function readState(folder: string): StoryState | undefined {
  try {
    return JSON.parse(readFileSync(join(folder, 'story.json'), 'utf8')) as StoryState;
  } catch {
    return undefined;
  }
}

function writeState(folder: string, state: StoryState): void {
  const path = join(folder, 'story.json');
  writeFileSync(`${path}.new`, `${JSON.stringify(state)}\n`, { mode: 0o600 });
  renameSync(`${path}.new`, path);
}
