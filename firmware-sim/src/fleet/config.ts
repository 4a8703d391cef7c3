import { readFileSync } from 'node:fs';
import { LogLevel, readConfig } from '@jostle/contracts';
import Type, { type Static } from '@jostle/contracts/typebox';

/** What a fleet reads from its environment; the rest stands on its command line. */
export const FleetConfig = Type.Object({
  apiKey: Type.Optional(
    Type.String({
      env: 'JOSTLE_API_KEY',
      title: 'Key that every request to the API must carry.',
      secret: true,
      minLength: 16,
    }),
  ),
  logLevel: LogLevel,
});
export type FleetConfig = Static<typeof FleetConfig>;

/** @throws JostleError CONFIG_INVALID naming every wrong key at once */
export function readFleetConfig(): FleetConfig {
  return readConfig(FleetConfig, process.env, (path) => readFileSync(path, 'utf8'));
}
