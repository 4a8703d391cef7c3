import { ERROR_CODES, type ErrorBody, type ErrorCode } from '@jostle/contracts';
import type { CliConfig } from './config.ts';

/** Something to tell the user and end with; `message` is the whole text. */
export class CommandFailure extends Error {
  /** Of the service's answer; undefined where it is none of its own. */
  readonly code: string | undefined;

  constructor(message: string, code?: string) {
    super(message);
    this.code = code;
  }
}

/** The service's REST API as the desk's commands use it. */
export interface ApiClient {
  /** @throws CommandFailure */
  get<T>(path: string): Promise<T>;
  /** @throws CommandFailure */
  post<T>(path: string, body?: FormData | object): Promise<T>;
  /** The answer as it comes. @throws CommandFailure, also in the middle of it */
  download(path: string): Promise<AsyncIterable<Uint8Array>>;
  /** Sends lines of JSON as they come. @throws CommandFailure; what the lines throw */
  upload<T>(path: string, lines: AsyncIterable<Uint8Array>): Promise<T>;
}

export function apiClient({ url, apiKey }: CliConfig): ApiClient {
  const base = url.replace(/\/+$/, '');
  const send = async (path: string, init: RequestInit, failure = unreachable): Promise<Response> => {
    const authorization = apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` };
    let response: Response;
    try {
      const headers = { ...init.headers, ...authorization };
      response = await fetch(`${base}/api/v1${path}`, { ...init, headers });
    } catch (error) {
      throw new CommandFailure(failure(base, error));
    }
    if (!response.ok) throw refusal(base, response.status, await response.text());
    return response;
  };
  const ask = async <T>(path: string, init: RequestInit): Promise<T> =>
    JSON.parse(await (await send(path, init)).text()) as T;
  return {
    get: (path) => ask(path, {}),
    post: (path, body) => ask(path, { method: 'POST', ...contentOf(body) }),
    download: async (path) => whole(base, await send(path, { method: 'POST' })),
    upload: async <T>(path: string, lines: AsyncIterable<Uint8Array>): Promise<T> => {
      // `fetch` hides what went wrong with the body behind an error of its own.
      let wrong: unknown;
      const watched = async function* () {
        try {
          yield* lines;
        } catch (error) {
          wrong = error;
          throw error;
        }
      };
      const headers = { 'content-type': 'application/x-ndjson' };
      const body = ReadableStream.from(watched());
      try {
        const init: RequestInit = { method: 'POST', headers, body, duplex: 'half' };
        const response = await send(path, init, brokenOff);
        return (await response.json()) as T;
      } catch (error) {
        throw wrong ?? error;
      }
    },
  };
}

function contentOf(body: FormData | object | undefined): RequestInit {
  if (body === undefined) return {};
  if (body instanceof FormData) return { body };
  return { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
}

/** The body of an answer; that it broke off is said. */
async function* whole(base: string, { body }: Response): AsyncGenerator<Uint8Array> {
  if (body === null) return;
  try {
    yield* body as AsyncIterable<Uint8Array>;
  } catch (error) {
    throw new CommandFailure(brokenOff(base, error));
  }
}

/** Follows the pages of a list to its end. */
export async function everyPage<T>(api: ApiClient, path: string): Promise<T[]> {
  const all: T[] = [];
  let after: string | null = '';
  while (after !== null) {
    const cursor: string = after === '' ? '' : `&after=${encodeURIComponent(after)}`;
    const page: { items: T[]; next: string | null } = await api.get(
      `${path}${path.includes('?') ? '&' : '?'}limit=200${cursor}`,
    );
    all.push(...page.items);
    after = page.next;
  }
  return all;
}

function causeOf(error: unknown): string {
  return error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
}

function brokenOff(base: string, error: unknown): string {
  return [
    `The connection to ${base} broke off (${causeOf(error)}).`,
    'Nothing changes in the service before the last row has arrived; its log says whether a backup was restored.',
  ].join('\n');
}

function unreachable(base: string, error: unknown): string {
  return [
    `Nothing answers at ${base} (${causeOf(error)}).`,
    'Start the service with `npm start`, or set JOSTLE_URL to where it runs.',
  ].join('\n');
}

function refusal(base: string, status: number, text: string): CommandFailure {
  let body: Partial<ErrorBody> = {};
  try {
    body = JSON.parse(text);
  } catch {
    // Not ours: a proxy, or another program on that port.
  }
  const { code, message, problems = [] } = body;
  if (code === undefined || message === undefined)
    return new CommandFailure(
      `${base} answered ${status}, but not as Jostle does. Does JOSTLE_URL name the right port?`,
    );
  const details = problems.map((p) => `  ${p.at ?? ''} ${p.message}`);
  const fix = Object.hasOwn(ERROR_CODES, code) ? [`Fix: ${ERROR_CODES[code as ErrorCode].fix}`] : [];
  return new CommandFailure([`${code}: ${message}`, ...details, ...fix].join('\n'), code);
}
