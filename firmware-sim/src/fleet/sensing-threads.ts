import { Worker } from 'node:worker_threads';
import { JostleError } from '@jostle/contracts';
import type { FromSensing, SensingConfig } from '@jostle/edge/sensing';
import type { FleetDevice, FleetRoster } from './fleet-roster.ts';
import type { FromSensingThread, SensingThreadInput } from './sensing-thread.ts';

const ENTRY = new URL('./sensing-thread-entry.js', import.meta.url);

export interface SensingThreadsOptions {
  roster: FleetRoster;
  threads: number;
  speed: number;
  sensors: SensingConfig;
  /** Takes what the sensing of a device says. */
  message(deviceId: string, message: FromSensing): void;
}

/** The sensing of the whole fleet, divided among threads. */
export class SensingThreads {
  /** Resolves when every thread has sent all that was measured; rejects when one fails. */
  readonly ended: Promise<void>;
  readonly #workers: Worker[];
  /** Simulated wall time of each thread, ms; written by its messages. */
  readonly #simMs: number[];

  constructor({ roster, threads, speed, sensors, message }: SensingThreadsOptions) {
    const { devices, simFromMs, simUntilMs } = roster;
    const shares = Array.from({ length: Math.min(threads, devices.length) }, (_, thread) =>
      devices.filter((_, n) => n % threads === thread),
    );
    this.#simMs = shares.map(() => simFromMs);
    this.#workers = shares.map((share) => {
      const workerData: SensingThreadInput = { devices: share, simFromMs, simUntilMs, speed, sensors };
      return new Worker(ENTRY, { execArgv: [], workerData });
    });
    const ends = this.#workers.map((worker, thread) =>
      this.#follow(worker, thread, shares[thread] ?? [], message),
    );
    this.ended = Promise.all(ends).then(() => undefined);
  }

  /** Simulated wall time that all threads have reached, ms. */
  get simMs(): number {
    return Math.min(...this.#simMs);
  }

  /** Lets each device hand over what it has measured; `ended` tells when. */
  end(): void {
    for (const worker of this.#workers) worker.postMessage({ type: 'stop' });
  }

  #follow(
    worker: Worker,
    thread: number,
    share: readonly FleetDevice[],
    take: SensingThreadsOptions['message'],
  ): Promise<void> {
    return new Promise((resolve, reject) => {
      worker.on('message', (told: FromSensingThread) => {
        if (told.type === 'device') {
          take(share[told.n]?.id ?? '', told.message);
          return;
        }
        this.#simMs[thread] = told.simMs;
        if (told.type === 'ended') {
          resolve();
          // johnny-five's own timers cannot be cleared and would keep the thread alive.
          void worker.terminate();
        }
      });
      worker.once('error', reject);
      worker.once('exit', (code) =>
        reject(
          new JostleError('INTERNAL', `A sensing thread of the fleet ended with ${code} before its time.`),
        ),
      );
    });
  }
}
