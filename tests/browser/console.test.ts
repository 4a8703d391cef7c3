import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Broker, startBroker } from '@jostle/broker';
import { readBrokerConfig } from '@jostle/broker/config';
import { ManualClock } from '@jostle/contracts';
import { buildConsole } from '@jostle/dashboards/console';
import { type Service, startService } from '@jostle/ingest';
import { pino } from 'pino';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { fileLedger, fileReturns, holdRecords, loseRecords, postTo, sendRecords } from './story.ts';
import { CHROMIUM, openPage, startBrowser } from './visitor.ts';

const log = pino({ level: 'silent' });
const isMissing = !existsSync(CHROMIUM) && process.env['CI'] !== 'true';
if (isMissing)
  console.warn(`skipped: the console in a browser: ${CHROMIUM} is not installed (apt-get install chromium)`);

describe.skipIf(isMissing)('the console in a browser', () => {
  let folder: string;
  let broker: Broker;
  let service: Service;
  let browser: Browser;
  let url: string;
  const clock = new ManualClock(Date.UTC(2026, 2, 2));

  const serve = (name: string, secrets: { apiKey?: string } = {}): Promise<Service> =>
    startService(
      {
        httpHost: '127.0.0.1',
        httpPort: 0,
        dataDir: join(folder, name),
        mqttUrl: `mqtt://127.0.0.1:${broker.port}`,
        influxDatabase: 'jostle',
        inboxRetentionDays: 7,
        consoleDir: join(folder, 'console'),
        logLevel: 'fatal',
        ...secrets,
      },
      log,
      clock,
    );

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'jostle-browser-'));
    await buildConsole(join(folder, 'console'));
    broker = await startBroker(readBrokerConfig({ MQTT_PORT: '0' }), log);
    service = await serve('data');
    url = `http://127.0.0.1:${service.httpPort}`;
    const post = postTo(url);
    await fileLedger(post);
    await sendRecords(`mqtt://127.0.0.1:${broker.port}`, url, 'DEV-1', true);
    await sendRecords(`mqtt://127.0.0.1:${broker.port}`, url, 'DEV-2', false);
    await fileReturns(post);
    browser = await startBrowser();
  });

  afterAll(async () => {
    await browser?.close();
    await service?.stop();
    await broker?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const visit = async (path: string, options: Parameters<typeof openPage>[2] = {}, from = url) => {
    const opened = await openPage(browser, `${from}/${path}`, options);
    onTestFinished(() => opened.page.context().close());
    return opened;
  };

  test('lists the returns with verdict, place, custodian, drop height and probability', async () => {
    const { page, complaints } = await visit('');
    const row = page.locator('tr', { hasText: 'RET-1' });
    for (const text of ['shattered', 'Transit event', 'Hub Hamburg', 'Swift Parcel', '0.80 m', '> 99 %'])
      await row.getByText(text).first().waitFor();
    await page.locator('tr', { hasText: 'RET-2' }).getByText('No transit event').waitFor();
    await page.getByText('2 returns, 1 explained by an event in transit').waitFor();
    await page.locator('tr', { hasText: 'DEV-1' }).getByText('1 Mar 2026, 10:10:00').waitFor();
    await page.getByText(/^Last updated/).waitFor();
    expect(complaints).toEqual([]);
  });

  test('opens a finding by keyboard alone: hub, custodian, numbers, shares, journey and waveform', async () => {
    const { page, complaints } = await visit('');
    await page.getByRole('link', { name: 'RET-1' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Drop at Hub Hamburg' }).waitFor();
    const verdict = page.getByRole('region', { name: 'Verdict' });
    for (const text of ['Swift Parcel', '> 99 %', '0.80 m', '112 g', '5.1 m/s', '40 of 40 min'])
      await verdict.getByText(text, { exact: true }).waitFor();
    await verdict.getByText('The whole way (40 minutes) was observed.').waitFor();
    await verdict.getByText('100.00 %', { exact: true }).waitFor();
    const shares = page.getByRole('region', { name: 'Shares' }).getByRole('row');
    expect(await shares.count()).toBe(6);
    await page.getByRole('img', { name: 'Journey of 4 legs with 1 shock events' }).waitFor();
    expect(await page.locator('.journey .hand-off').count()).toBe(1);
    await page.getByRole('region', { name: 'The shock event' }).locator('canvas').waitFor();
    await page.getByText('Waveform around the peak as a table').click();
    await page.getByRole('cell', { name: '112.0', exact: true }).first().waitFor();
    expect(complaints).toEqual([]);
  });

  test('says of the quiet parcel that no event explains the damage', async () => {
    const { page, complaints } = await visit('#/returns/RET-2');
    await page.getByRole('heading', { level: 1, name: 'No event on the way explains the damage' }).waitFor();
    await page.getByText('No shock event was recorded.').first().waitFor();
    expect(complaints).toEqual([]);
  });

  test.each(['', '#/returns/RET-1'])('fits a telephone 390 px wide: /%s', async (path) => {
    const { page } = await visit(path, { viewport: { width: 390, height: 800 }, colorScheme: 'dark' });
    await page.getByText(/^Last updated/).waitFor();
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(390);
  });

  test('keeps what it knew when the service does not answer, says so, and goes on when it answers again', async () => {
    const { page } = await visit('');
    await page.getByText(/^Last updated/).waitFor();
    await page.context().setOffline(true);
    await page.getByRole('alert').getByText('this is what was known at').waitFor();
    expect(await page.getByRole('link', { name: 'RET-1' }).count()).toBe(1);
    await page.context().setOffline(false);
    await page.getByText(/^Last updated/).waitFor();
  });

  test('says that there is no such return', async () => {
    const { page } = await visit('#/returns/RET-9');
    await page.getByRole('heading', { name: 'Not found' }).waitFor();
  });

  test('asks for the key of a service that has one, and what to do where nothing is filed', async () => {
    const locked = await serve('locked', { apiKey: 'open-sesame-open-sesame' });
    onTestFinished(() => locked.stop());
    const { page } = await visit('', {}, `http://127.0.0.1:${locked.httpPort}`);
    await page.getByLabel('API key').fill('wrong');
    await page.keyboard.press('Enter');
    await page.getByText('refused that key').waitFor();
    await page.getByLabel('API key').fill('open-sesame-open-sesame');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'No returns yet' }).waitFor();
  });

  test('says in a finding how complete its records are, and which of them are late', async () => {
    const { page, complaints } = await visit('#/returns/RET-1');
    const card = page.getByRole('region', { name: 'Completeness' });
    await card.getByText(/^Completeness 100\.00 % \((\d+) of \1 records\)$/).waitFor();
    await holdRecords(`mqtt://127.0.0.1:${broker.port}`, 'DEV-1');
    await card.getByText(/^Completeness 100\.00 % .*; 2 in flight\)$/).waitFor();
    clock.advance(120_000);
    await card.getByText(/^Completeness 9\d\.\d\d % .*; 2 late\)$/).waitFor();
    await card.getByText('Missing records, as a table (1)').click();
    await card.getByRole('row', { name: 'DEV-1 2 late' }).getByText('1 Mar 2026, 09:40:00').waitFor();
    const verdict = page.getByRole('region', { name: 'Verdict' });
    await verdict.getByText('2 records that may be of this way may still come').waitFor();
    await verdict.getByText(/^9\d\.\d\d %, 2 to come$/).waitFor();
    expect(complaints).toEqual([]);
  });

  // The last one: from here on the service has an alert.
  test('shows at the top of a page that records were lost, and which', async () => {
    const { page, complaints } = await visit('');
    await page.locator('tr', { hasText: 'RET-1' }).waitFor();
    expect(await page.locator('.alarm').isVisible()).toBe(false);
    await loseRecords(`mqtt://127.0.0.1:${broker.port}`, 'DEV-2');
    await page.getByText('1 open alert').click();
    await page.locator('tr', { hasText: 'DEV-2' }).getByText('no. 1 to 41').waitFor();
    expect(complaints).toEqual([]);
  });
});
