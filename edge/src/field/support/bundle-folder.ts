import { accessSync, constants } from 'node:fs';
import { tmpdir } from 'node:os';

/**
 * Where a bundle goes that nobody has named a place for: the current folder, or the one for temporary files where this
 * user may not write. Not the data folder: what lies there is the agent's, and its disk may be the one that is full.
 *
 * @returns the path of the folder; empty for the current one
 */
export function bundleFolder(currentFolder: string = '.'): string {
  try {
    accessSync(currentFolder, constants.W_OK | constants.X_OK);
    return '';
  } catch {
    return tmpdir();
  }
}
