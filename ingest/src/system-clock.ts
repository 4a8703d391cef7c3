import type { Clock, ClockQuality } from '@jostle/contracts';

/** The clock of the server, which its operator keeps synchronised. */
export class SystemClock implements Clock {
  wallMs(): number {
    return Date.now();
  }

  monotonicMs(): number {
    return performance.now();
  }

  quality(): ClockQuality {
    return 'ntp';
  }
}
