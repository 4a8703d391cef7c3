import type {
  Alert,
  DeviceWithState,
  ErrorBody,
  Finding,
  Return,
  ReturnWithFinding,
  ShockEventDetail,
} from '@jostle/contracts';
import { apiKey } from './api-key.ts';

export type ApiFailure = 'key-needed' | 'not-found' | 'unreachable';

/** An answer that the console cannot show; `kind` says what the reader can do. */
export class ApiError extends Error {
  readonly kind: ApiFailure;

  constructor(kind: ApiFailure, message: string) {
    super(message);
    this.kind = kind;
  }
}

interface List<T> {
  items: T[];
  next: string | null;
}

/** Returns with their findings, at most `pages` pages of 100. */
export async function fetchReturns(pages: number): Promise<List<ReturnWithFinding>> {
  const list: List<ReturnWithFinding> = { items: [], next: null };
  for (let page = 0; page < pages; page++) {
    const after: string = list.next === null ? '' : `&after=${encodeURIComponent(list.next)}`;
    const { items, next } = await get<List<ReturnWithFinding>>(`returns?limit=100${after}`);
    list.items.push(...items);
    list.next = next;
    if (next === null) break;
  }
  return list;
}

export function fetchReturn(id: string): Promise<Return> {
  return get(`returns/${encodeURIComponent(id)}`);
}

export function fetchFinding(returnId: string): Promise<Finding> {
  return get(`returns/${encodeURIComponent(returnId)}/finding`);
}

export function fetchShock(id: string): Promise<ShockEventDetail> {
  return get(`shocks/${encodeURIComponent(id)}`);
}

export async function fetchDevices(): Promise<DeviceWithState[]> {
  return (await get<List<DeviceWithState>>('devices?limit=200')).items;
}

/** The newest open alerts. */
export function fetchAlerts(): Promise<List<Alert>> {
  return get('alerts?state=open&limit=200');
}

async function get<T>(path: string): Promise<T> {
  const key = apiKey();
  const answer = await fetch(`/api/v1/${path}`, {
    headers: key === null ? {} : { authorization: `Bearer ${key}` },
    signal: AbortSignal.timeout(10_000),
  }).catch((error: unknown) => {
    throw new ApiError('unreachable', String(error));
  });
  if (answer.ok) return answer.json();
  const { message } = (await answer.json().catch(() => ({ message: '' }))) as Partial<ErrorBody>;
  throw new ApiError(failureOf(answer.status), message || `The service answered with ${answer.status}.`);
}

function failureOf(status: number): ApiFailure {
  if (status === 401) return 'key-needed';
  return status === 404 ? 'not-found' : 'unreachable';
}
