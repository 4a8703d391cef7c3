import { expect, it } from 'vitest';
import { holdAll, type Writer } from './writers-hold.ts';

function writersNamed(names: string, failing: readonly string[] = []) {
  const steps: string[] = [];
  const step = async (text: string) => {
    steps.push(text);
    if (failing.includes(text)) throw new Error(text);
  };
  const writers = names
    .split(' ')
    .map((name): Writer => ({ hold: () => step(`hold ${name}`), letGo: () => step(`free ${name}`) }));
  return { steps, writers };
}

it('holds writers in their order and lets them go in the other, once', async () => {
  const { steps, writers } = writersNamed('a b');
  const letGo = await holdAll(writers);
  expect(steps).toEqual(['hold a', 'hold b']);
  await letGo();
  await letGo();
  expect(steps).toEqual(['hold a', 'hold b', 'free b', 'free a']);
});

it('lets go what it holds where one cannot be held', async () => {
  const { steps, writers } = writersNamed('a b c', ['hold b', 'free b']);
  await expect(holdAll(writers)).rejects.toThrow('hold b');
  expect(steps).toEqual(['hold a', 'hold b', 'free b', 'free a']);
});

it('lets the others go where one does not go on', async () => {
  const { steps, writers } = writersNamed('a b', ['free b']);
  const letGo = await holdAll(writers);
  await expect(letGo()).rejects.toThrow('not everything');
  expect(steps.at(-1)).toBe('free a');
});
