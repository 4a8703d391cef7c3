import type { SeededRandom } from '../support/seeded-random.ts';

/** Values that a schema must refuse, or that a store may not like where it lets them pass. */
const STRANGE_VALUES: readonly unknown[] = [
  null,
  true,
  '',
  'x',
  '\0',
  '\ud800',
  '\u202e',
  'NaN',
  '-1',
  '__proto__',
  '1e999',
  0,
  -0,
  -1,
  0.1,
  1e21,
  1e308,
  -1e308,
  Number.MAX_SAFE_INTEGER,
  Number.MAX_SAFE_INTEGER + 2,
  8.64e15 + 1,
  [],
  [[]],
  {},
  { constructor: { prototype: {} } },
  'é'.repeat(300),
  'A'.repeat(5_000),
];

/** A copy of a JSON value with one to three of its places taken away, doubled, renamed or filled with something strange. */
export function mutatedJson(value: unknown, random: SeededRandom): unknown {
  let result: unknown = structuredClone(value);
  for (let change = random.whole(1, 3); change > 0; change--) result = changed(result, random, 0);
  return result;
}

/** Goes down a random way and changes what is at its end. */
function changed(value: unknown, random: SeededRandom, depth: number): unknown {
  const isLeaf = value === null || typeof value !== 'object';
  if (isLeaf || (depth > 0 && random.chance(0.3))) return random.pick(STRANGE_VALUES);
  if (Array.isArray(value)) return changedArray(value, random, depth);
  const entries = Object.entries(value);
  const at = random.below(entries.length + 1);
  const [key, old] = entries[at] ?? ['unheardOf', 1];
  if (at === entries.length) entries.push([key, old]);
  else if (random.chance(0.2)) entries.splice(at, 1);
  else if (random.chance(0.1)) entries[at] = [random.pick(['__proto__', 'constructor', 'v', '']), old];
  else entries[at] = [key, changed(old, random, depth + 1)];
  return Object.fromEntries(entries);
}

function changedArray(items: readonly unknown[], random: SeededRandom, depth: number): unknown[] {
  const at = random.below(items.length + 1);
  const [before, item, after] = [items.slice(0, at), items[at], items.slice(at + 1)];
  const ways: readonly (() => unknown[])[] = [
    () => [...before, ...after],
    () => [...before, item ?? null, item ?? null, ...after],
    () => [...before, changed(item ?? null, random, depth + 1), ...after],
  ];
  return random.pick(ways)();
}
