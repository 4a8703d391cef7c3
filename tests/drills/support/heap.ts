import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** What this process really keeps on its heap, MiB: after a collection. */
export function keptHeapMb(): number {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  collect();
  return process.memoryUsage().heapUsed / 1024 ** 2;
}
