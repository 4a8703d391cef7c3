import { type ErrorBody, JostleError } from '@jostle/contracts';

const PAUSE_MS = 250;

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
    return this.#ask<T>(path, {});
  }

  /** Creates an entry under the caller's own id; sent twice it changes nothing. */
  async create(path: string, body: unknown): Promise<void> {
    await this.#ask(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  }

  /** While the service is away it asks again; an answer that refuses is thrown. */
  async #ask<T>(path: string, init: RequestInit & { headers?: Record<string, string> }): Promise<T> {
    for (;;) {
      this.#signal.throwIfAborted();
      const response = await this.#fetch(path, init);
      if (response !== undefined && response.status < 500) {
        const body: unknown = await response.json();
        if (response.ok) return body as T;
        const { code, message } = body as ErrorBody;
        throw new JostleError('INTERNAL', `${init.method ?? 'GET'} ${path}: ${code} ${message}`);
      }
      await this.pause();
    }
  }

  async #fetch(
    path: string,
    init: RequestInit & { headers?: Record<string, string> },
  ): Promise<Response | undefined> {
    try {
      return await fetch(`${this.#base}/api/v1${path}`, {
        ...init,
        headers: { ...this.#headers, ...init.headers },
        signal: this.#signal,
      });
    } catch {
      return undefined;
    }
  }

  pause(): Promise<void> {
    return new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}
