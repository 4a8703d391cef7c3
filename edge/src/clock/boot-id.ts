import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';

/** A UUID that the kernel makes at each boot (random(4), /proc interfaces). */
const BOOT_ID_FILE = '/proc/sys/kernel/random/boot_id';
const UUID = /^[0-9a-f-]{36}$/;

/**
 * Names the boot of this machine. CLOCK_MONOTONIC counts from it and all processes share it, so that what one
 * process learns about the time dates the records of another. A machine that has no such id gets one per process.
 */
export function machineBootId(file: string = BOOT_ID_FILE): string {
  try {
    const id = readFileSync(file, 'utf8').trim();
    return UUID.test(id) ? id : randomUUID();
  } catch {
    return randomUUID();
  }
}
