import type { Calibration } from '../calibration/calibration.ts';
import type { SensingConfig } from '../sensing/sensing-config.ts';
import { sensorName } from '../sensing/sensor-name.ts';
import type { FifoChip } from '../sensing/shock/fifo-chip.ts';
import { shockFifo, tiltFifo } from '../sensing/shock/shock-chips.ts';

/** A configured accelerometer, whatever it is there for. */
export interface Accelerometer {
  /** What it is to tell: shocks, or nothing but how the parcel lies. */
  role: 'shock' | 'tilt';
  sensor: string;
  chip: string;
  address: number;
  calibration: Calibration;
  /** Its driver, at the rate of its role. */
  fifo: FifoChip;
}

/** All accelerometers of a device, the shock recorder first: every tool of the field tech takes them from here. */
export function accelerometersOf({ shock, tilt }: SensingConfig): Accelerometer[] {
  const found: Accelerometer[] = [];
  if (shock !== null) found.push(accelerometer('shock', shock, shockFifo(shock)));
  if (tilt !== null) found.push(accelerometer('tilt', tilt, tiltFifo(tilt)));
  return found;
}

function accelerometer(
  role: Accelerometer['role'],
  { chip, address, calibration }: Pick<Accelerometer, 'chip' | 'address' | 'calibration'>,
  fifo: FifoChip,
): Accelerometer {
  return { role, sensor: sensorName({ chip, address }), chip, address, calibration, fifo };
}
