import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { readConfig } from '@jostle/contracts';
import Type, { type Static } from '@jostle/contracts/typebox';

export const DEFAULT_HTTP_PORT = 8080;

/** What `npm start` itself reads; every other variable is handed on to the processes it starts. */
export const StartConfig = Type.Object({
  dataDir: Type.String({
    env: 'JOSTLE_DATA_DIR',
    title: 'Folder for everything that is kept.',
    default: './.data',
    minLength: 1,
  }),
  httpPort: Type.Integer({
    env: 'HTTP_PORT',
    title: 'Port of the API and the console on 127.0.0.1.',
    default: DEFAULT_HTTP_PORT,
    minimum: 1,
    maximum: 65_535,
  }),
  mqttPort: Type.Integer({
    env: 'MQTT_PORT',
    title: 'Port of the broker on 127.0.0.1.',
    default: 1883,
    minimum: 1,
    maximum: 65_535,
  }),
  speed: Type.Number({
    env: 'JOSTLE_DEMO_SPEED',
    title: 'How many times faster than the wall clock the simulated journey runs.',
    default: 60,
    minimum: 1,
    maximum: 120,
  }),
  apiKey: Type.Optional(
    Type.String({
      env: 'JOSTLE_API_KEY',
      title: 'Key that every request to the API must carry.',
      secret: true,
      minLength: 16,
    }),
  ),
});
export type StartConfig = Static<typeof StartConfig>;

export function readStartConfig(): StartConfig {
  const config = readConfig(StartConfig, process.env, (path) => readFileSync(path, 'utf8'));
  return { ...config, dataDir: resolve(config.dataDir) };
}
