import { I2cFault, type I2cFaultKind } from './transport.ts';

export type DeviceFaultReason = I2cFaultKind | 'corrupt' | 'reset';

/** How one chip answers. Monotonic times in ms. */
export interface DeviceHealth {
  /** When the last whole measurement was read, of several replies the first; null where none ever was. */
  lastOkMono: number | null;
  /** Failures since the last good reply. */
  consecutiveErrors: number;
  /** Good replies and failures since the start. */
  replies: number;
  errors: number;
  /** Why the latest failure happened; kept after a recovery. */
  lastError: DeviceFaultReason | null;
}

export function newDeviceHealth(): DeviceHealth {
  return { lastOkMono: null, consecutiveErrors: 0, replies: 0, errors: 0, lastError: null };
}

/** The reason of a failed transfer. Anything but a bus fault is a bug and is thrown on. */
export function faultReason(error: unknown): I2cFaultKind {
  if (error instanceof I2cFault) return error.kind;
  throw error;
}
