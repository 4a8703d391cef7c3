import type { ErrorCode } from '@jostle/contracts';
import type { Logger } from 'pino';

/** Keys that are remembered; beyond this number refusals are only counted. */
const MAX_KEYS = 1_000;
/** Then everything is forgotten: made-up ids silence nobody for longer, and what goes on is said again. */
const MEMORY_MS = 3_600_000;

/** Logs the first refusal of each client in an hour and counts the rest, so that a stubborn client does not fill the log. */
export class RefusalLog {
  readonly #log: Logger;
  readonly #counted: (code: ErrorCode) => void;
  readonly #nowMs: () => number;
  /** Code and client id of what was logged. */
  readonly #logged = new Set<string>();
  #sinceMs: number;
  #total = 0;

  /**
   * @param counted is told of each refusal
   * @param nowMs a monotonic clock, ms
   */
  constructor(log: Logger, counted: (code: ErrorCode) => void, nowMs: () => number) {
    this.#log = log;
    this.#counted = counted;
    this.#nowMs = nowMs;
    this.#sinceMs = nowMs();
  }

  note(code: ErrorCode, clientId: string, details: Record<string, unknown>): void {
    this.#total += 1;
    this.#counted(code);
    this.#forget();
    const key = `${code} ${clientId}`;
    if (this.#logged.size >= MAX_KEYS || this.#logged.has(key)) return;
    this.#logged.add(key);
    this.#log.warn({ code, clientId, ...details }, 'client refused');
    if (this.#logged.size === MAX_KEYS)
      this.#log.warn({ clients: MAX_KEYS }, 'further refusals of this hour are only counted');
  }

  /** One line with what was counted. */
  summarise(): void {
    if (this.#total > 0) this.#log.info({ refusals: this.#total }, 'refusals since the start');
  }

  #forget(): void {
    const now = this.#nowMs();
    if (now - this.#sinceMs < MEMORY_MS) return;
    this.#sinceMs = now;
    this.#logged.clear();
  }
}
