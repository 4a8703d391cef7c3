import type { ShockChip, TiltChip } from '../sensing-config.ts';
import { adxl34x } from './adxl34x.ts';
import { adxl372 } from './adxl372.ts';
import type { FifoChip } from './fifo-chip.ts';
import { lis3dh } from './lis3dh.ts';

/** The driver of a shock chip. An ADXL372 runs at 1600 Hz unless its configuration names another rate. */
export function shockFifo({ chip, rateHz }: Pick<ShockChip, 'chip' | 'rateHz'>): FifoChip {
  switch (chip) {
    case 'adxl372':
      return adxl372(rateHz ?? 1600);
    case 'lis3dh':
      return lis3dh(1344);
    default:
      return adxl34x(chip, 800);
  }
}

/** The driver of a tilt chip: 50 Hz are plenty for how a parcel lies, and leave the bus to the shock chip. */
export function tiltFifo({ chip }: Pick<TiltChip, 'chip'>): FifoChip {
  return chip === 'lis3dh' ? lis3dh(50) : adxl34x(chip, 50);
}

/** Whether the chip is fine enough to tell how it lies: a high-g part has offsets of a g and counts of a tenth. */
export function tellsTilt(chip: FifoChip): boolean {
  return chip.rangeG <= 16;
}
