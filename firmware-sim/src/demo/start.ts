import { isJostleError, textTable } from '@jostle/contracts';
import { ApiClient } from './api-client.ts';
import { readStartConfig, type StartConfig } from './config.ts';
import { type Layout, layOut } from './layout.ts';
import { enterLedger, storyOf, tellStory } from './story-teller.ts';
import { buildConsole, issueTokens, type System, systemOf, writeJourneys } from './system.ts';

const say = (line: string) => console.log(line);

/** `npm start`: everything on one machine, with a journey that has a bump in it. */
async function start(): Promise<void> {
  const config = readStartConfig();
  const layout = layOut(config.dataDir);
  const { story, isTold } = storyOf(layout.demo, Date.now());
  const system = systemOf(config, layout, story, say);
  const stopping = new AbortController();
  stopOnSignal(system, stopping);
  try {
    await Promise.all([issueTokens(layout, story).then(() => system.broker.start()), buildConsole(layout)]);
    await system.ingest.start();
    const api = new ApiClient(`http://127.0.0.1:${config.httpPort}`, config.apiKey, stopping.signal);
    await enterLedger(story, api);
    writeJourneys(layout, story, isTold ? Date.now() : story.startsAtMs, config.speed);
    await Promise.all(system.devices.map((device) => device.start()));
    say(overview(config, layout, system));
    if (isTold)
      say('The story of this data folder is told; the devices now stand on a shelf and go on reporting.');
    else await tellStory(story, layout.demo, api, say);
  } catch (error) {
    if (stopping.signal.aborted) return;
    say(error instanceof Error ? error.message : String(error));
    await stopAll(system);
    process.exit(1);
  }
}

function overview(config: StartConfig, layout: Layout, system: System): string {
  const http = `http://127.0.0.1:${config.httpPort}`;
  const urls = [
    ['Console', `${http}/`],
    ['API', `${http}/api/v1/returns`],
    ['API pages', `${http}/docs`],
    ['Metrics', `${http}/metrics`],
    ['MQTT', `mqtt://127.0.0.1:${config.mqttPort}`],
    ['Data', layout.dataDir],
  ];
  const children = [system.broker, system.ingest, ...system.devices];
  return [
    '\nJostle is ready.\n',
    textTable(['what', 'where'], urls),
    '',
    textTable(
      ['process', 'pid', 'log'],
      children.map((child) => [child.name, child.pid, child.logPath]),
    ),
    `\nFive parcels travel at ${config.speed} times real time; one of them falls. Ctrl-C stops everything.\n`,
  ].join('\n');
}

function stopOnSignal(system: System, stopping: AbortController): void {
  const stop = async () => {
    if (stopping.signal.aborted) return;
    stopping.abort();
    say('\nStopping …');
    await stopAll(system);
    say('Stopped. `npm start` goes on with the same data.');
    process.exit(0);
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  process.on('SIGHUP', stop);
}

/** Devices first, while ingest can still give them receipts; the broker last. Together under 5 s. */
async function stopAll(system: System): Promise<void> {
  await Promise.all(system.devices.map((device) => device.stop(3_000)));
  await system.ingest.stop(1_200);
  await system.broker.stop(600);
}

start().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exit(isJostleError(error, 'CONFIG_INVALID') ? 78 : 1);
});
