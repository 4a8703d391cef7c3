import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { killDescendants } from './process-family.ts';

/**
 * Lets a long run be broken off: with Ctrl-C or SIGTERM all that it has started ends with it, and all temporary files go.
 * To be called before it starts anything.
 */
export function leaveNothingBehind(): void {
  const folder = mkdtempSync(join(tmpdir(), 'jostle-run-'));
  // Servers that refuse root find their way through it.
  chmodSync(folder, 0o711);
  process.env['TMPDIR'] = folder;
  process.once('exit', () => {
    killDescendants();
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  });
  // Without a handler Node ends before any listener of `exit`.
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => process.exit(128 + constants.signals[signal]));
}
