import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { isJostleError } from '@jostle/contracts';
import { describe, expect, it } from 'vitest';
import { readIngestConfig as read } from './config.ts';

const codeOf = (env: Record<string, string>) => {
  try {
    read(env);
    return undefined;
  } catch (error) {
    return isJostleError(error) ? error.code : String(error);
  }
};

describe('configuration of ingest', () => {
  it('listens on loopback and keeps everything in one folder by default', () => {
    expect(read({})).toMatchObject({ httpHost: '127.0.0.1', httpPort: 8080, dataDir: './.data' });
    expect(read({}).databaseUrl).toBeUndefined();
  });

  it.each<[string, Record<string, string>, string | undefined]>([
    ['0.0.0.0 without a key', { HTTP_HOST: '0.0.0.0' }, 'CONFIG_OPEN_WITHOUT_CREDENTIALS'],
    ['a host name without a key', { HTTP_HOST: '127.0.0.1.example.org' }, 'CONFIG_OPEN_WITHOUT_CREDENTIALS'],
    ['0.0.0.0 with a key', { HTTP_HOST: '0.0.0.0', JOSTLE_API_KEY: 'k'.repeat(32) }, undefined],
    ['IPv6 loopback', { HTTP_HOST: '::1' }, undefined],
    ['another loopback address', { HTTP_HOST: '127.1.2.3' }, undefined],
  ])('decides on %s', (_, env, code) => {
    expect(codeOf(env)).toBe(code);
  });

  it.each([
    [{ HTTP_PORT: '99999', MQTT_URL: 'http://x', LOG_LEVEL: 'loud' }, ['HTTP_PORT', 'MQTT_URL', 'LOG_LEVEL']],
    [{ HTTP_HOST: '0.0.0.0' }, ['CONFIG_OPEN_WITHOUT_CREDENTIALS', 'JOSTLE_API_KEY']],
    [{ HTTP_HOST: '0.0.0.0', LOG_LEVEL: 'loud' }, ['HTTP_HOST', 'JOSTLE_API_KEY', 'LOG_LEVEL']],
  ])('ends the process with 78 for %j and names every fault', (env, named) => {
    const main = fileURLToPath(new URL('./main.ts', import.meta.url));
    const { status, stderr } = spawnSync(process.execPath, ['--import', 'tsx', main], {
      env: { PATH: process.env['PATH'], ...env },
      encoding: 'utf8',
    });
    for (const word of named) expect(stderr).toContain(word);
    expect(status).toBe(78);
  });
});
