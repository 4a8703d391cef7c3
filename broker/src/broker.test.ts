import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { deviceTopic, MAX_PAYLOAD_BYTES } from '@jostle/contracts';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { issueToken } from './identity/credentials.ts';
import { brokerFor, clientOf, ended, listener, metricsOf, next, online, qosOf } from './testing/clients.ts';

describe('topics', () => {
  test.each([
    ['BOX-A', deviceTopic('BOX-A', 'receipt'), 1],
    ['BOX-A', deviceTopic('BOX-B', 'receipt'), 'refused'],
    ['BOX-A', deviceTopic('BOX-A', 'up'), 'refused'],
    ['BOX-A', deviceTopic('+', 'receipt'), 'refused'],
    ['BOX-A', '#', 'refused'],
    ['BOX-A', '$SYS/#', 'refused'],
    ['BOX-A', 'jostle/refused', 'refused'],
    ['ingest-1', deviceTopic('+', 'up'), 1],
    ['ingest-1', deviceTopic('+', 'receipt'), 'refused'],
    ['ingest-1', '#', 'refused'],
  ])('%s subscribing to %s gets %s', async (id, filter, expected) => {
    const client = await online(await brokerFor(), id);
    expect(await qosOf(client, filter)).toBe(expected);
    expect(client.connected).toBe(true);
  });

  test('a device is heard only on its own topics, and what is refused does not hold up what follows', async () => {
    const broker = await brokerFor();
    const ingest = await listener(broker, [deviceTopic('+', 'up'), deviceTopic('+', 'status')]);
    const b = await online(broker, 'BOX-B');
    const receipts: string[] = [];
    b.on('message', (topic) => receipts.push(topic));
    await b.subscribeAsync(deviceTopic('BOX-B', 'receipt'), { qos: 1 });

    const a = await online(broker, 'BOX-A');
    await a.publishAsync(deviceTopic('BOX-B', 'up'), 'as B', { qos: 1 });
    await a.publishAsync(deviceTopic('BOX-B', 'receipt'), 'receipt for B', { qos: 1 });
    await a.publishAsync(deviceTopic('BOX-A', 'receipt'), 'receipt for A', { qos: 1 });
    await a.publishAsync(deviceTopic('BOX-A', 'status'), 'retained', { qos: 1, retain: true });
    await a.publishAsync(deviceTopic('BOX-A', 'up'), 'x'.repeat(MAX_PAYLOAD_BYTES + 1), { qos: 1 });
    await a.publishAsync('other/topic', 'elsewhere', { qos: 1 });
    await a.publishAsync(deviceTopic('BOX-A', 'up'), 'x'.repeat(MAX_PAYLOAD_BYTES), { qos: 1 });
    await a.publishAsync(deviceTopic('BOX-A', 'up'), 'good', { qos: 1 });
    await ingest.until('good');
    expect(ingest.seen.map(({ text }) => text.length)).toEqual([MAX_PAYLOAD_BYTES, 4]);
    await ingest.client.publishAsync(deviceTopic('BOX-B', 'receipt'), 'from ingest', { qos: 1 });
    if (receipts.length === 0) await next(b, 'message');
    expect(receipts).toHaveLength(1);
  });

  test('a will is published on the own status topic, and on no other', async () => {
    const broker = await brokerFor();
    const ingest = await listener(broker, [deviceTopic('+', 'up'), deviceTopic('+', 'status')]);
    const withWill = (id: string, topic: string, payload: string) =>
      online(broker, id, { will: { topic, payload: Buffer.from(payload), qos: 1, retain: false } });
    const foreign = await withWill('BOX-A', deviceTopic('BOX-B', 'status'), 'B is gone');
    const own = await withWill('BOX-C', deviceTopic('BOX-C', 'status'), 'C is gone');
    foreign.stream.destroy();
    own.stream.destroy();
    await ingest.until('C is gone');
    const last = await online(broker, 'BOX-D');
    await last.publishAsync(deviceTopic('BOX-D', 'status'), 'D is here', { qos: 1 });
    await ingest.until('D is here');
    expect(ingest.seen.map(({ text }) => text)).toEqual(['C is gone', 'D is here']);
  });

  test('nothing is kept for a client that is away', async () => {
    const broker = await brokerFor();
    const topic = deviceTopic('BOX-A', 'receipt');
    const first = await online(broker, 'BOX-A', { clean: false });
    await first.subscribeAsync(topic, { qos: 1 });
    await first.endAsync();
    const ingest = await online(broker, 'ingest-1');
    await ingest.publishAsync(topic, 'missed', { qos: 1 });
    const second = clientOf(broker, 'BOX-A', { clean: false });
    expect(await next(second, 'connect')).toMatchObject({ sessionPresent: false });
  });
});

describe('identity', () => {
  let folder: string;
  const a = issueToken('BOX-A', 'device');
  const ingest = issueToken('ingest', 'ingest');
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'jostle-broker-'));
    writeFileSync(join(folder, 'credentials.json'), JSON.stringify({ clients: [a.entry, ingest.entry] }));
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const closed = (timing = {}) =>
    brokerFor({ credentialsFile: join(folder, 'credentials.json'), metricsPort: 0 }, timing);

  test.each([
    ['BOX-A', 'BOX-A', a.token, 'in'],
    ['ingest-42', 'ingest-42', ingest.token, 'in'],
    ['BOX-A', 'BOX-A', ingest.token, 'out'],
    ['BOX-A', undefined, undefined, 'out'],
    ['BOX-B', 'BOX-A', a.token, 'out'],
    ['BOX-B', 'BOX-B', a.token, 'out'],
    ['ingest-42', 'ingest-42', a.token, 'out'],
  ])(
    'client %s as user %s is let %4$s with a token of its own only',
    async (id, username, password, expected) => {
      const login = username === undefined ? {} : { username, password };
      const client = clientOf(await closed(), id, login);
      const outcome = await Promise.race([
        next(client, 'connect').then(() => 'in'),
        next(client, 'error').then(() => 'out'),
      ]);
      expect(outcome).toBe(expected);
    },
  );

  test('a device that is added to the file is let in without a restart', async () => {
    const broker = await closed();
    const c = issueToken('BOX-C', 'device');
    writeFileSync(join(folder, 'credentials.json'), JSON.stringify({ clients: [a.entry, c.entry] }));
    await online(broker, 'BOX-C', { username: 'BOX-C', password: c.token });
  });

  test('a client whose token is withdrawn or replaced is cut, and the others stay', async () => {
    const c = issueToken('BOX-C', 'device');
    const path = join(folder, 'credentials.json');
    writeFileSync(path, JSON.stringify({ clients: [a.entry, c.entry, ingest.entry] }));
    const broker = await closed({ revocationMs: 10 });
    const box = (id: string, { token }: { token: string }) =>
      online(broker, id, { username: id, password: token });
    const [first, second] = [await box('BOX-A', a), await box('BOX-C', c)];
    const worker = await box('ingest-1', ingest);
    const newer = issueToken('BOX-A', 'device');
    writeFileSync(path, JSON.stringify({ clients: [newer.entry, ingest.entry] }));
    await Promise.all([next(first, 'close'), next(second, 'close')]);
    const again = await box('BOX-A', newer);
    await again.publishAsync(deviceTopic('BOX-A', 'up'), 'with the new one', { qos: 1 });
    expect([again.connected, worker.connected]).toEqual([true, true]);
    expect((await metricsOf(broker))('refusals_total{code="BROKER_IDENTITY_REFUSED"}')).toBe(2);
  });

  test('a session is cut with its token although a later login of the same id died at once', async () => {
    const broker = await closed({ revocationMs: 10 });
    const session = await online(broker, 'BOX-A', { username: 'BOX-A', password: a.token });
    const later = connect(broker.port, '127.0.0.1').on('error', () => {});
    // A SUBSCRIBE with wrong flags ends the connection between its login and its registration.
    later.write(Buffer.concat([connectPacket('BOX-A', a.token), Buffer.from([0x80, 0x00])]));
    await ended(later);
    expect(session.connected).toBe(true);
    writeFileSync(join(folder, 'credentials.json'), JSON.stringify({ clients: [ingest.entry] }));
    await next(session, 'close');
  });

  test.each(['lower-case', 'ingest', 'A/B', '+'])('without credentials the id %s is refused', async (id) => {
    const client = clientOf(await brokerFor(), id);
    expect(String(await next(client, 'error'))).toMatch(/Not authorized/);
  });
});

/** A CONNECT of a client whose id is its user name (MQTT 3.1.1, section 3.1). */
function connectPacket(id: string, token: string): Buffer {
  const text = (value: string) => Buffer.concat([Buffer.from([0, value.length]), Buffer.from(value)]);
  const flags = 0b1100_0010;
  const body = Buffer.concat([text('MQTT'), Buffer.from([4, flags, 0, 0]), text(id), text(id), text(token)]);
  return Buffer.concat([Buffer.from([0x10, body.length]), body]);
}

describe('guards', () => {
  test.each([
    ['what is not MQTT', Buffer.from('GET / HTTP/1.1\r\n\r\n')],
    ['a CONNECT that announces 30 MB', Buffer.from([0x10, 0x80, 0x87, 0xa7, 0x0e, 0x00])],
  ])('%s is cut at once', async (_name, bytes) => {
    const broker = await brokerFor();
    const socket = connect(broker.port, '127.0.0.1').on('error', () => {});
    socket.write(bytes);
    await ended(socket);
    await online(broker, 'BOX-A');
  });

  test('an oversize packet after the login is cut, and others are served', async () => {
    const broker = await brokerFor();
    const ingest = await listener(broker, [deviceTopic('+', 'up')]);
    const a = await online(broker, 'BOX-A');
    a.publish(deviceTopic('BOX-A', 'up'), 'x'.repeat(70_000), { qos: 1 });
    await next(a, 'close');
    const b = await online(broker, 'BOX-B');
    await b.publishAsync(deviceTopic('BOX-B', 'up'), 'fine', { qos: 1 });
    await ingest.until('fine');
    expect(ingest.seen).toHaveLength(1);
  });

  test('a connection that does not log in is cut', async () => {
    const broker = await brokerFor({}, { connectTimeoutMs: 50 });
    const silent = connect(broker.port, '127.0.0.1').on('error', () => {});
    await ended(silent);
    await online(broker, 'BOX-A');
  });

  test('an address that takes more than its share of connections is not served further', async () => {
    const lines: string[] = [];
    const brokerLog = pino({}, { write: (line) => lines.push(line) });
    const broker = await brokerFor({ maxConnectionsPerAddress: 2, metricsPort: 0 }, {}, brokerLog);
    const first = await online(broker, 'BOX-A');
    await online(broker, 'BOX-B');
    const third = connect(broker.port, '127.0.0.1').on('error', () => {});
    await ended(third);
    const fourth = connect(broker.port, '127.0.0.1').on('error', () => {});
    await ended(fourth);
    expect((await metricsOf(broker))('connections_turned_away_total')).toBe(2);
    const refusals = lines.filter((line) => line.includes('BROKER_CONNECTION_REFUSED'));
    expect(refusals).toHaveLength(1);
    expect(refusals[0]).toContain('MQTT_MAX_CONNECTIONS_PER_ADDRESS');
    await first.endAsync();
    await online(broker, 'BOX-C');
  });

  test('a subscriber that stops reading is cut after five seconds, and holds up the others no longer', async () => {
    const broker = await brokerFor();
    const stalled = await online(broker, 'ingest-stalled');
    await stalled.subscribeAsync(deviceTopic('+', 'up'), { qos: 1 });
    stalled.stream.pause();
    const cut = next(stalled, 'close').then(() => performance.now());
    const ingest = await listener(broker, [deviceTopic('+', 'up')]);
    const a = await online(broker, 'BOX-A');
    const payload = 'x'.repeat(8_000);
    const from = performance.now();
    for (let i = 0; i < 4_000; i++) a.publish(deviceTopic('BOX-A', 'up'), payload, { qos: 1 });
    await a.publishAsync(deviceTopic('BOX-A', 'up'), 'last', { qos: 1 });
    await ingest.until('last');
    const delayMs = performance.now() - from;
    expect(ingest.seen).toHaveLength(4_001);
    // Its socket fills up at once; what it holds up is held up once.
    expect(delayMs).toBeGreaterThan(4_500);
    expect(delayMs).toBeLessThan(9_500);
    stalled.stream.resume();
    expect((await cut) - from).toBeGreaterThan(4_500);
  });
});

describe('a device that sends too fast', () => {
  test('is slowed, loses nothing, and does not hold up the others', async () => {
    const broker = await brokerFor({ deviceMessagesPerSecond: 40, metricsPort: 0 });
    const ingest = await listener(broker, [deviceTopic('+', 'up')]);
    const greedy = await online(broker, 'BOX-A');
    const modest = await online(broker, 'BOX-B');
    for (let i = 0; i < 150; i++) greedy.publish(deviceTopic('BOX-A', 'up'), `${i}`, { qos: 1 });
    await ingest.until('149');
    // It owes messages now, and is read again when it has paid.
    const late = greedy.publishAsync(deviceTopic('BOX-A', 'up'), 'late', { qos: 1 });
    modest.publish(deviceTopic('BOX-B', 'up'), 'modest', { qos: 1 });
    await ingest.until('modest');
    expect(ingest.seen.some(({ text }) => text === 'late')).toBe(false);
    await late;
    await ingest.until('late');
    expect(ingest.seen.filter(({ topic }) => topic.includes('BOX-A'))).toHaveLength(151);
    expect((await metricsOf(broker))('slowed_seconds_total')).toBeGreaterThan(0);
  });
});

describe('metrics', () => {
  test('count clients, messages, refusals and takeovers, on a port of their own', async () => {
    const broker = await brokerFor({ metricsPort: 0 });
    const ingest = await listener(broker, [deviceTopic('+', 'up')]);
    const device = await online(broker, 'BOX-A');
    await device.publishAsync(deviceTopic('BOX-A', 'up'), 'one', { qos: 1 });
    await device.publishAsync(deviceTopic('BOX-B', 'up'), 'not mine', { qos: 1 });
    await ingest.until('one');
    await online(broker, 'BOX-A');
    const metric = await metricsOf(broker);
    expect(metric('clients_connected')).toBe(2);
    expect(metric('messages_published_total')).toBe(2);
    expect(metric('refusals_total{code="BROKER_TOPIC_REFUSED"}')).toBe(1);
    expect(metric('takeovers_total')).toBe(1);
    await expect.poll(async () => (await metricsOf(broker))('messages_delivered_total')).toBe(1);
    expect(metric('received_bytes_total')).toBeGreaterThan(100);
    const { status } = await fetch(`http://127.0.0.1:${broker.metricsPort}/`);
    expect(status).toBe(404);
  });
});

describe('the process', () => {
  const start = (env: Record<string, string>) => {
    const child = spawn(
      process.execPath,
      ['--import', 'tsx', fileURLToPath(new URL('main.ts', import.meta.url))],
      {
        env: { ...process.env, LOG_LEVEL: 'fatal', ...env },
        stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      },
    );
    let errors = '';
    child.stderr?.on('data', (chunk: Buffer) => {
      errors += chunk.toString();
    });
    onTestFinished(() => void child.kill('SIGKILL'));
    return { child, errors: () => errors };
  };

  test.each([
    [
      { MQTT_HOST: '0.0.0.0', MQTT_PORT: '0' },
      /CONFIG_OPEN_WITHOUT_CREDENTIALS[\s\S]*JOSTLE_MQTT_CREDENTIALS/,
    ],
    [{ MQTT_HOST: '0.0.0.0', LOG_LEVEL: 'loud' }, /LOG_LEVEL[\s\S]*MQTT_HOST.*JOSTLE_MQTT_CREDENTIALS/],
    [{ MQTT_PORT: 'many', LOG_LEVEL: 'loud' }, /MQTT_PORT[\s\S]*LOG_LEVEL/],
    [{ MQTT_PORT: '0', JOSTLE_MQTT_CREDENTIALS: '/nowhere/credentials.json' }, /JOSTLE_MQTT_CREDENTIALS/],
  ])('refuses to start with %o and exits with 78', async (env, message) => {
    const { child, errors } = start(env);
    const [code] = await once(child, 'close');
    expect(code).toBe(78);
    expect(errors()).toMatch(message);
  });

  test('names the port that another process listens on, in one line, and exits with 1', async () => {
    const { port } = await brokerFor();
    const { child, errors } = start({ MQTT_PORT: `${port}` });
    const [code] = await once(child, 'close');
    expect(code).toBe(1);
    expect(errors()).toMatch(/^BROKER_PORT_IN_USE: .*MQTT_PORT.*\n$/);
  });

  test('survives a subscriber that leaves with thousands of messages waiting for it', async () => {
    const { child, errors } = start({
      MQTT_PORT: '0',
      MQTT_DEVICE_MESSAGES_PER_S: '1000000',
      MQTT_DEVICE_BYTES_PER_S: '1000000000',
    });
    const [{ port }] = await once(child, 'message');
    const broker = { port, metricsPort: null, stop: async () => {} };
    const stalled = await online(broker, 'ingest-stalled');
    await stalled.subscribeAsync(deviceTopic('+', 'up'), { qos: 1 });
    stalled.stream.pause();
    const filler = await online(broker, 'BOX-FILLER');
    for (let i = 0; i < 400; i++)
      filler.publish(deviceTopic('BOX-FILLER', 'up'), 'x'.repeat(30_000), { qos: 1 });
    const devices = await Promise.all(Array.from({ length: 50 }, (_, i) => online(broker, `BOX-${i}`)));
    let taken = 0;
    const sent = devices.flatMap((device, i) =>
      Array.from({ length: 200 }, async () => {
        await device.publishAsync(deviceTopic(`BOX-${i}`, 'up'), 'small', { qos: 1 });
        taken += 1;
      }),
    );
    await expect.poll(() => taken).toBeGreaterThan(4_000);
    stalled.stream.destroy();
    const ended = once(child, 'exit').then(([code]) => `ended with ${code}: ${errors()}`);
    expect(await Promise.race([Promise.all(sent).then(() => 'takes all'), ended])).toBe('takes all');
    expect(child.exitCode).toBeNull();
  });

  test('says when it is ready, and a SIGTERM ends it with 0', async () => {
    const { child } = start({ MQTT_PORT: '0' });
    const [message] = await once(child, 'message');
    await online({ port: message.port, metricsPort: null, stop: async () => {} }, 'BOX-A');
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([0, null]);
  });
});
