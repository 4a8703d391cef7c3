import { expect, test } from 'vitest';
import { loadSimulator } from './simulator-package.ts';

test('a device without the simulator says where --sim works', async () => {
  await expect(loadSimulator('@jostle/not-installed')).rejects.toMatchObject({
    code: 'EDGE_SIMULATOR_ABSENT',
    message: expect.stringContaining('a checkout of the project'),
  });
});
