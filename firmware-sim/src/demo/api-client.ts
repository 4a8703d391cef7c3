import { type ErrorBody, JostleError } from '@jostle/contracts';

const PAUSE_MS = 250;
/** A service that hangs is asked again after this long. */
const ANSWER_MS = 10_000;

/** The public API as the demo uses it: whoever tells the story is a customer of it like any other. */
export class ApiClient {
  readonly #base: string;
  readonly #signal: AbortSignal;
  readonly #headers: Record<string, string>;

  constructor(base: string, apiKey: string | undefined, signal: AbortSignal) {
    this.#base = base;
    this.#signal = signal;
    this.#headers = apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` };
  }

  get<T>(path: string): Promise<T> {
    return this.#ask<T>(path);
  }

  /** Creates an entry under the caller's own id; sent twice it changes nothing. */
  async create(path: string, body: unknown): Promise<void> {
    await this.#ask(path, { method: 'POST', body: JSON.stringify(body) });
  }

  /** While the service is away it asks again; an answer that refuses is thrown. */
  async #ask<T>(path: string, init: RequestInit = {}): Promise<T> {
    for (;;) {
      this.#signal.throwIfAborted();
      const answer = await this.#fetch(path, init);
      if (answer !== undefined && answer.status < 500) {
        if (answer.ok) return answer.body as T;
        const { code, message } = answer.body as ErrorBody;
        throw new JostleError('DEMO_REFUSED', `${init.method ?? 'GET'} ${path}: ${code} ${message}`);
      }
      await this.pause();
    }
  }

  /** Undefined where there is no whole answer: the service may be killed in the middle of one. */
  async #fetch(
    path: string,
    init: RequestInit,
  ): Promise<{ ok: boolean; status: number; body: unknown } | undefined> {
    try {
      const response = await fetch(`${this.#base}/api/v1${path}`, {
        ...init,
        headers: {
          ...this.#headers,
          ...(init.body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        signal: AbortSignal.any([this.#signal, AbortSignal.timeout(ANSWER_MS)]),
      });
      return { ok: response.ok, status: response.status, body: await response.json() };
    } catch {
      return undefined;
    }
  }

  pause(): Promise<void> {
    return new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}
