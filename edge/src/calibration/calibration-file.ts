import {
  closeSync,
  fchownSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { JostleError } from '@jostle/contracts';
import { Compile } from '@jostle/contracts/typebox';
import { UNCALIBRATED } from './calibration.ts';
import { CalibrationHistory, NO_CALIBRATIONS } from './calibration-history.ts';
import { isMountable } from './parcel-axes.ts';

const isHistory = Compile(CalibrationHistory);

/** Where the calibrations of a device are kept. */
export function calibrationPath(dataDir: string): string {
  return join(dataDir, 'calibration.json');
}

/**
 * Every calibration of the device; none where there is no file.
 *
 * @throws JostleError EDGE_CALIBRATION_UNREADABLE where the file is damaged or may not be read
 */
export function readCalibrations(path: string): CalibrationHistory {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    if (isMissing(cause)) return NO_CALIBRATIONS;
    throw unreadable(path, cause instanceof Error ? cause.message : String(cause), cause);
  }
  if (isHistory.Check(content)) {
    const contradiction = contradictionIn(content);
    if (contradiction === null) return content;
    throw unreadable(path, contradiction);
  }
  const [first] = isHistory.Errors(content);
  throw unreadable(path, `${first?.instancePath || '/'} ${first?.message}`);
}

/**
 * Replaces the file as a whole: a cut of the supply leaves the old one or the new one. It belongs to the owner of the
 * folder, whoever writes it, because the agent must be able to read it.
 *
 * @throws JostleError EDGE_CALIBRATION_UNWRITABLE
 */
export function writeCalibrations(path: string, history: CalibrationHistory): void {
  const folder = dirname(path);
  const temporary = `${path}.new`;
  try {
    mkdirSync(folder, { recursive: true });
    // One that was left behind may have another owner or mode.
    rmSync(temporary, { force: true });
    const file = openSync(temporary, 'wx', 0o600);
    try {
      writeFileSync(file, `${JSON.stringify(history, null, 2)}\n`);
      const { uid, gid } = statSync(folder);
      if (process.geteuid?.() === 0) fchownSync(file, uid, gid);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, path);
    syncFolder(folder);
  } catch (cause) {
    throw new JostleError(
      'EDGE_CALIBRATION_UNWRITABLE',
      `${path} cannot be written (${cause instanceof Error ? cause.message : String(cause)}): run this as the user of the agent, and make room where the disk is full. The calibration before it stays in use.`,
      { cause },
    );
  }
}

/** What the schema cannot say: the one in use is there, and a chip can be mounted so. */
function contradictionIn({ sensors }: CalibrationHistory): string | null {
  for (const [sensor, { current, history }] of Object.entries(sensors)) {
    const isKnown = current === UNCALIBRATED.id || history.some((entry) => entry.calibration.id === current);
    if (!isKnown) return `${sensor}: there is no calibration ${current}`;
    const mirrored = history.find((entry) => !isMountable(entry.calibration.axes));
    if (mirrored !== undefined) return `${sensor}: axes of ${mirrored.calibration.id} are no mounting`;
  }
  return null;
}

/** The new name is on the disk only when its folder is. */
function syncFolder(folder: string): void {
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

function unreadable(path: string, reason: string, cause?: unknown): JostleError {
  return new JostleError(
    'EDGE_CALIBRATION_UNREADABLE',
    `${path} cannot be used (${reason}): move it away and calibrate again, or put a copy back. Until then sensors are taken as they read.`,
    { cause },
  );
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
