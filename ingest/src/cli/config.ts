import { readConfig } from '@jostle/contracts';
import Type, { type Static } from '@jostle/contracts/typebox';

const CliConfig = Type.Object({
  url: Type.String({
    env: 'JOSTLE_URL',
    title: 'Address of the service that the desk talks to',
    pattern: '^https?://.+',
    default: 'http://127.0.0.1:8080',
  }),
  apiKey: Type.Optional(
    Type.String({ env: 'JOSTLE_API_KEY', title: 'API key of the service', secret: true, minLength: 1 }),
  ),
});
export type CliConfig = Static<typeof CliConfig>;

/** @throws JostleError CONFIG_INVALID */
export function readCliConfig(readFile: (path: string) => string): CliConfig {
  return readConfig(CliConfig, process.env, readFile);
}
