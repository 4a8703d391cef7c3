import { Agent, request } from 'node:http';
import { figure } from '../../figures/figure.ts';
import type { Drill, DrillOptions, DrillResult } from '../drill.ts';
import { accountOf } from '../support/account.ts';
import { GoodDevice } from '../support/good-device.ts';
import { type SeededRandom, seededRandom } from '../support/seeded-random.ts';
import { openSite } from '../support/site.ts';
import { type ApiRequest, fuzzRequest, type Operation, type Schema } from './api-requests.ts';

const AT_ONCE = 16;
const ANSWER_MS = 20_000;

export const fuzzRest: Drill = {
  name: 'fuzz-rest',
  about: 'Mutated requests to every operation of the API, while a device delivers.',
  parts: 'broker, ingest and devices without sensors, in one process',
  run,
};

async function run({ seed, isLong, folder, progress }: DrillOptions): Promise<DrillResult> {
  const random = seededRandom(seed);
  const requests = isLong ? 200_000 : 20_000;
  const site = await openSite({ folder });
  const good = await GoodDevice.start(site, folder, random.fork());
  const operations = await operationsOf(site.httpPort);
  const answers = await askAll(site.httpPort, operations, requests, random);
  const recoveryMs = await good.settled();
  for (const fault of new Set(answers.faults)) progress(`answered with a fault: ${fault}`);
  await good.close();
  await site.stop();
  return {
    ...(await accountOf(site, good.device.generated)),
    recoveryMs,
    others: [
      figure('fuzz-rest.requests', answers.count, 'requests', `To ${operations.length} operations.`, {
        atLeast: requests,
      }),
      figure(
        'fuzz-rest.faults',
        answers.faults.length,
        'answers',
        'With a status of 500 or above, or none at all.',
        { atMost: 0 },
      ),
      figure(
        'fuzz-rest.accepted',
        answers.accepted,
        'answers',
        'With a status below 400: shows that requests got beyond the schemas.',
        {
          atLeast: 1,
        },
      ),
    ],
  };
}

/** Every operation of the service, from its own description. */
async function operationsOf(port: number): Promise<Operation[]> {
  const answer = await fetch(`http://127.0.0.1:${port}/openapi.json`);
  const { paths } = (await answer.json()) as { paths: Record<string, Record<string, Described>> };
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { parameters = [], requestBody }]) => ({
      method: method.toUpperCase(),
      path,
      parameters,
      body: Object.values(requestBody?.content ?? {})[0]?.schema,
    })),
  );
}

interface Described {
  parameters?: Operation['parameters'];
  requestBody?: { content: Record<string, { schema?: Schema }> };
}

async function askAll(port: number, operations: readonly Operation[], count: number, random: SeededRandom) {
  const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });
  const answers = { faults: [] as string[], accepted: 0, count: 0 };
  let left = count;
  const lane = async () => {
    while (left > 0) {
      left -= 1;
      const operation = random.pick(operations);
      const status = await statusOf(port, agent, fuzzRequest(operation, random));
      answers.count += 1;
      if (status >= 500 || status === 0)
        answers.faults.push(`${operation.method} ${operation.path}: ${status}`);
      else if (status < 400) answers.accepted += 1;
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
  agent.destroy();
  return answers;
}

/** The status of the answer; 0 where there is none. */
function statusOf(port: number, agent: Agent, { method, path, headers, body }: ApiRequest): Promise<number> {
  return new Promise((resolve) => {
    const length = body === undefined ? {} : { 'content-length': `${body.length}` };
    const options = { host: '127.0.0.1', port, agent, method, path, headers: { ...headers, ...length } };
    const asked = request({ ...options, timeout: ANSWER_MS }, (answer) => {
      answer.resume();
      answer.once('close', () => resolve(answer.statusCode ?? 0));
    });
    asked.once('timeout', () => asked.destroy());
    asked.once('error', () => resolve(0));
    asked.end(body);
  });
}
