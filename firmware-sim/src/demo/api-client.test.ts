import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { ApiClient } from './api-client.ts';

let server: Server;
afterEach(() => server.close());

/** A service that answers its requests one after the other in the given ways. */
async function serviceThat(...ways: ((response: ServerResponse) => void)[]): Promise<ApiClient> {
  server = createServer((request, response) => {
    request.resume().on('end', () => ways.shift()?.(response));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return new ApiClient(`http://127.0.0.1:${port}`, undefined, new AbortController().signal);
}

const answers = (status: number, body: unknown) => (response: ServerResponse) =>
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));

const diesInTheMiddle = (response: ServerResponse) => {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': '100' });
  response.write('{"id":', () => response.destroy());
};

test('asks again when the service is killed in the middle of an answer, or answers that it cannot', async () => {
  const api = await serviceThat(
    diesInTheMiddle,
    answers(503, { code: 'X', message: 'not yet' }),
    answers(200, { id: 'A' }),
  );
  expect(await api.get('/devices/A')).toEqual({ id: 'A' });
});

test('throws an answer that refuses, with its code', async () => {
  const api = await serviceThat(answers(409, { code: 'LEDGER_ID_CONFLICT', message: 'taken' }));
  await expect(api.create('/sites', {})).rejects.toThrow('POST /sites: LEDGER_ID_CONFLICT taken');
});
