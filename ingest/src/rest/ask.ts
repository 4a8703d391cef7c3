import { once } from 'node:events';
import { type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { TypedApp } from './typed-app.ts';

export interface Answer {
  statusCode: number;
  headers: IncomingHttpHeaders;
  body: string;
  json(): ReturnType<typeof JSON.parse>;
}

export interface Question {
  method?: string;
  url: string;
  headers?: Readonly<Record<string, string>>;
  /** An object is sent as JSON. */
  payload?: object | string | Buffer;
}

/** Asks a server over real HTTP; it listens on a free port from the first question on. `fetch` cannot set Host. */
export async function ask(app: TypedApp, question: Question | string): Promise<Answer> {
  const {
    method = 'GET',
    url,
    headers = {},
    payload,
  } = typeof question === 'string' ? { url: question } : question;
  if (!app.server.listening) await app.listen({ host: '127.0.0.1', port: 0 });
  const isJson = typeof payload === 'object' && !Buffer.isBuffer(payload);
  const { port } = app.server.address() as AddressInfo;
  const outgoing = request({
    ...{ host: '127.0.0.1', port, path: url, method },
    headers: { ...(isJson ? { 'content-type': 'application/json' } : {}), ...headers },
  });
  outgoing.end(isJson ? JSON.stringify(payload) : payload);
  const [incoming] = (await once(outgoing, 'response')) as [IncomingMessage];
  const body = await text(incoming);
  return {
    statusCode: incoming.statusCode ?? 0,
    headers: incoming.headers,
    body,
    json: () => JSON.parse(body),
  };
}
