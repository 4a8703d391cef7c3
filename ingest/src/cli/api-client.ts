import { ERROR_CODES, type ErrorBody, type ErrorCode } from '@jostle/contracts';
import type { CliConfig } from './config.ts';

/** Something to tell the user and end with; `message` is the whole text. */
export class CommandFailure extends Error {}

/** The service's REST API as the desk's commands use it. */
export interface ApiClient {
  /** @throws CommandFailure */
  get<T>(path: string): Promise<T>;
  /** @throws CommandFailure */
  post<T>(path: string, body?: FormData | object): Promise<T>;
}

export function apiClient({ url, apiKey }: CliConfig): ApiClient {
  const base = url.replace(/\/+$/, '');
  const ask = async <T>(path: string, init: RequestInit): Promise<T> => {
    const headers = {
      ...init.headers,
      ...(apiKey !== undefined && { authorization: `Bearer ${apiKey}` }),
    };
    let response: Response;
    try {
      response = await fetch(`${base}/api/v1${path}`, { ...init, headers });
    } catch (error) {
      throw new CommandFailure(unreachable(base, error));
    }
    const text = await response.text();
    if (!response.ok) throw new CommandFailure(refusal(base, response.status, text));
    return JSON.parse(text) as T;
  };
  return {
    get: (path) => ask(path, {}),
    post: (path, body) => ask(path, { method: 'POST', ...contentOf(body) }),
  };
}

function contentOf(body: FormData | object | undefined): RequestInit {
  if (body === undefined) return {};
  if (body instanceof FormData) return { body };
  return { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
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

function unreachable(base: string, error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
  return [
    `Nothing answers at ${base} (${cause}).`,
    'Start the service with `npm start`, or set JOSTLE_URL to where it runs.',
  ].join('\n');
}

function refusal(base: string, status: number, text: string): string {
  let body: Partial<ErrorBody> = {};
  try {
    body = JSON.parse(text);
  } catch {
    // Not ours: a proxy, or another program on that port.
  }
  const { code, message, problems = [] } = body;
  if (code === undefined || message === undefined)
    return `${base} answered ${status}, but not as Jostle does. Does JOSTLE_URL name the right port?`;
  const details = problems.map((p) => `  ${p.at ?? ''} ${p.message}`);
  const fix = Object.hasOwn(ERROR_CODES, code) ? [`Fix: ${ERROR_CODES[code as ErrorCode].fix}`] : [];
  return [`${code}: ${message}`, ...details, ...fix].join('\n');
}
