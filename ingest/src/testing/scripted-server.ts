import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ScriptedAnswer {
  status: number;
  headers?: Record<string, string>;
  body?: string;
}

export interface ScriptedServer {
  url: string;
  /** Bodies of the requests so far. */
  bodies: string[];
  close(): Promise<void>;
}

/** An HTTP server on a free loopback port that answers as the test says, or cuts the connection. */
export async function startScriptedServer(
  answer: (body: string, request: number) => ScriptedAnswer | 'cut',
): Promise<ScriptedServer> {
  const bodies: string[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString();
    bodies.push(body);
    const answered = answer(body, bodies.length);
    if (answered === 'cut') {
      response.destroy();
      return;
    }
    const { status, headers = {}, body: text = '' } = answered;
    response.writeHead(status, headers).end(status === 204 ? undefined : text);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    bodies,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
