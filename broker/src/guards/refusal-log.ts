import type { ErrorCode } from '@jostle/contracts';
import type { Logger } from 'pino';

/** Keys that are remembered; beyond this number refusals are only counted. */
const MAX_KEYS = 1_000;

/** Logs the first refusal of each client and counts the rest, so that a stubborn client does not fill the log. */
export class RefusalLog {
  readonly #log: Logger;
  readonly #counted: (code: ErrorCode) => void;
  /** By code and client id. */
  readonly #counts = new Map<string, number>();
  #total = 0;

  /** @param counted is told of each refusal */
  constructor(log: Logger, counted: (code: ErrorCode) => void = () => {}) {
    this.#log = log;
    this.#counted = counted;
  }

  note(code: ErrorCode, clientId: string, details: Record<string, unknown>): void {
    this.#total += 1;
    this.#counted(code);
    const key = `${code} ${clientId}`;
    const count = this.#counts.get(key);
    if (count === undefined && this.#counts.size >= MAX_KEYS) return;
    this.#counts.set(key, (count ?? 0) + 1);
    if (count === undefined) this.#log.warn({ code, clientId, ...details }, 'client refused');
  }

  /** One line with what was counted. */
  summarise(): void {
    if (this.#total > 0)
      this.#log.info({ refusals: this.#total, clients: this.#counts.size }, 'refusals since the start');
  }
}
