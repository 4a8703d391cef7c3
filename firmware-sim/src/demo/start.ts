import { isJostleError, JostleError, textTable } from '@jostle/contracts';
import { ApiClient } from './api-client.ts';
import { EXIT_CONFIG } from './child-process.ts';
import { DEFAULT_HTTP_PORT, readStartConfig, type StartConfig } from './config.ts';
import { lockFolder } from './folder-lock.ts';
import { type Layout, layOut } from './layout.ts';
import { storyFrom } from './story.ts';
import { StoryFile } from './story-state.ts';
import { enterLedger, tellStory } from './story-teller.ts';
import { buildConsole, issueTokens, type System, systemOf, writeJourneys } from './system.ts';

const HELP = `npm start: broker, ingest with console, and five simulated devices on one machine.

Variables: JOSTLE_DATA_DIR (./.data), HTTP_PORT (8080), MQTT_PORT (1883), JOSTLE_DEMO_SPEED (60);
all others are in .env.example. Ctrl-C stops everything; the next start goes on with the same data.`;

const say = (line: string) => console.log(line);

/** `npm start`: everything on one machine, with a journey that has a bump in it. */
async function start(): Promise<void> {
  const config = readStartConfig();
  const layout = layOut(config.dataDir);
  const unlock = lockFolder(layout.run);
  const file = new StoryFile(layout.demo, Date.now());
  const story = storyFrom(file.startsAtMs);
  const system = systemOf(config, layout, story, say);
  const stopping = new AbortController();
  stopOnSignal(system, stopping, unlock);
  try {
    say('Starting broker, ingest and console …');
    await issueTokens(layout, story);
    await allOf([system.broker.start(), system.ingest.start(), buildConsole(layout)]);
    const api = new ApiClient(`http://127.0.0.1:${config.httpPort}`, config.apiKey, stopping.signal);
    if (file.progress === 'new') {
      await enterLedger(story, api);
      file.advance('entered');
    }
    writeJourneys(layout, story, file.progress === 'told' ? Date.now() : story.startsAtMs, config.speed);
    say('Starting five simulated devices …');
    await allOf(system.devices.map((device) => device.start()));
    say(overview(config, layout, system));
    if (file.progress === 'told') {
      say('The story of this data folder is told; its devices stand on a shelf and go on reporting.');
      say(`A new story begins in a new folder: JOSTLE_DATA_DIR=… npm start. Ctrl-C stops everything.`);
      return;
    }
    say(
      `Five parcels travel at ${config.speed} times real time; one of them falls. Ctrl-C stops everything.\n`,
    );
    await tellStory(story, api, say, deskCommand(config));
    file.advance('told');
  } catch (error) {
    if (stopping.signal.aborted) return;
    await stopAll(system);
    unlock();
    throw error;
  }
}

/** Waits for all, so that what is wrong with each is said at once. */
async function allOf(steps: Promise<void>[]): Promise<void> {
  const failures = (await Promise.allSettled(steps)).flatMap((s) =>
    s.status === 'rejected' ? [s.reason] : [],
  );
  const [first] = failures;
  if (first === undefined) return;
  const code = isJostleError(first) ? first.code : 'INTERNAL';
  throw new JostleError(code, failures.map((failure) => (failure as Error).message).join('\n\n'));
}

/** How a person calls the desk's tool: elsewhere than on the usual port it must be told where. */
function deskCommand({ httpPort }: StartConfig): string {
  return httpPort === DEFAULT_HTTP_PORT ? 'npx jostle' : `JOSTLE_URL=http://127.0.0.1:${httpPort} npx jostle`;
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
    '',
  ].join('\n');
}

function stopOnSignal(system: System, stopping: AbortController, unlock: () => void): void {
  const stop = async () => {
    if (stopping.signal.aborted) return;
    stopping.abort();
    say('\nStopping …');
    await stopAll(system);
    unlock();
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

if (process.argv.includes('--help') || process.argv.includes('-h')) {
  say(HELP);
  process.exit(0);
}

start().catch((error: unknown) => {
  console.error(isJostleError(error) ? `${error.code}\n${error.message}` : error);
  process.exit(isJostleError(error, 'CONFIG_INVALID') ? EXIT_CONFIG : 1);
});
