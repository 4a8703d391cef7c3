import { existsSync, readFileSync } from 'node:fs';
import type { Clock, ClockQuality } from '@jostle/contracts';

/**
 * systemd-timesyncd makes this file once it has set the clock (systemd-timesyncd.service(8), section FILES). chronyd
 * makes none (chronyd(8)): a machine with it counts as not synchronised.
 */
const SYNCHRONISED_FLAG = '/run/systemd/timesync/synchronized';
/** "1" where the kernel took its time from this battery clock (Linux kernel documentation, ABI sysfs-class-rtc). */
const RTC_FLAG = '/sys/class/rtc/rtc0/hctosys';

const QUALITY_CHECK_MS = 10_000;

/** The clocks of the machine. */
export class SystemClock implements Clock {
  readonly #synchronisedFlag: string;
  readonly #rtcFlag: string;
  #quality: ClockQuality = 'none';
  #nextCheckMono = Number.NEGATIVE_INFINITY;

  constructor(synchronisedFlag: string = SYNCHRONISED_FLAG, rtcFlag: string = RTC_FLAG) {
    this.#synchronisedFlag = synchronisedFlag;
    this.#rtcFlag = rtcFlag;
  }

  wallMs(): number {
    return Date.now();
  }

  /** CLOCK_MONOTONIC, which all threads of the machine share; `performance.now()` begins anew in each worker. */
  monotonicMs(): number {
    return Number(process.hrtime.bigint()) / 1e6;
  }

  /** As it was at most 10 s ago. */
  quality(): ClockQuality {
    const now = this.monotonicMs();
    if (now >= this.#nextCheckMono) {
      this.#nextCheckMono = now + QUALITY_CHECK_MS;
      this.#quality = existsSync(this.#synchronisedFlag) ? 'ntp' : this.#rtcQuality();
    }
    return this.#quality;
  }

  #rtcQuality(): ClockQuality {
    try {
      return readFileSync(this.#rtcFlag, 'utf8').trim() === '1' ? 'rtc' : 'none';
    } catch {
      return 'none';
    }
  }
}
