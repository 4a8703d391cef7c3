import { describe, expect, it } from 'vitest';
import Type from '#typebox';
import { isJostleError } from './errors.ts';
import { isLoopbackHost, listenError, readListenerConfig } from './listening.ts';

const Schema = Type.Object({
  host: Type.String({ env: 'HOST', title: 'Host.', default: '127.0.0.1', minLength: 1 }),
  key: Type.Optional(Type.String({ env: 'KEY', title: 'Key.', secret: true, minLength: 8 })),
  level: Type.Integer({ env: 'LEVEL', title: 'Level.', default: 1 }),
});
const faultsOf = (env: Record<string, string>) => {
  try {
    readListenerConfig(Schema, env, (path) => path, { host: 'host', credentials: 'key' });
    return undefined;
  } catch (error) {
    if (!isJostleError(error)) throw error;
    return [error.code, ...error.problems.map(({ at }) => at)];
  }
};

it.each([
  ['localhost', true],
  ['::1', true],
  ['127.0.0.1', true],
  ['127.9.8.7', true],
  ['0.0.0.0', false],
  ['::', false],
  ['127.0.0.1.example.org', false],
  ['', false],
])('of the address %j it is %j that only this machine can reach it', (host, isLoopback) => {
  expect(isLoopbackHost(host)).toBe(isLoopback);
});

describe('the configuration of a process that listens', () => {
  it.each<[Record<string, string>, string[] | undefined]>([
    [{}, undefined],
    [{ HOST: '0.0.0.0', KEY: 'long enough' }, undefined],
    [{ HOST: '0.0.0.0', KEY_FILE: 'long enough' }, undefined],
    [{ HOST: '0.0.0.0' }, ['CONFIG_OPEN_WITHOUT_CREDENTIALS', 'HOST']],
    [{ HOST: '0.0.0.0', LEVEL: 'x' }, ['CONFIG_INVALID', 'LEVEL', 'HOST']],
    [{ HOST: '0.0.0.0', KEY: 'short', LEVEL: 'x' }, ['CONFIG_INVALID', 'KEY', 'LEVEL']],
    [{ LEVEL: 'x' }, ['CONFIG_INVALID', 'LEVEL']],
  ])('with %j has these faults: %j', (env, faults) => {
    expect(faultsOf(env)).toEqual(faults);
  });
});

it.each([
  ['EADDRINUSE', 'INGEST_PORT_IN_USE', 'HTTP_PORT'],
  ['EADDRNOTAVAIL', 'INGEST_ADDRESS_UNUSABLE', 'HTTP_HOST'],
  ['EACCES', 'INGEST_ADDRESS_UNUSABLE', 'HTTP_PORT'],
])('says of %s what has to be changed', (systemCode, code, key) => {
  const place = {
    inUse: 'INGEST_PORT_IN_USE',
    unusable: 'INGEST_ADDRESS_UNUSABLE',
    host: '127.0.0.1',
    port: 80,
    hostKey: 'HTTP_HOST',
    portKey: 'HTTP_PORT',
  } as const;
  const failure = Object.assign(new Error('listen'), { code: systemCode });
  expect(listenError(failure, place)).toMatchObject({ code, message: expect.stringContaining(key) });
  expect(listenError(new Error('else'), place)).toEqual(new Error('else'));
});
