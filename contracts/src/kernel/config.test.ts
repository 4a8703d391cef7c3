import { expect, test } from 'vitest';
import Type from '#typebox';
import { readConfig } from './config.ts';
import { isJostleError } from './errors.ts';

const Schema = Type.Object({
  port: Type.Integer({ env: 'PORT', title: 'Port.', default: 1883, minimum: 1, maximum: 65535 }),
  name: Type.String({ env: 'NAME', title: 'Name.', minLength: 1 }),
  token: Type.Optional(Type.String({ env: 'TOKEN', title: 'Token.', secret: true, minLength: 8 })),
  isLoud: Type.Boolean({ env: 'LOUD', title: 'Loud.', default: false }),
});
const noFile = () => {
  throw new Error('no such file');
};

test('values come from the environment, then from defaults; an empty variable counts as unset', () => {
  expect(readConfig(Schema, { NAME: 'A', PORT: '', LOUD: 'true' }, noFile)).toEqual({
    port: 1883,
    name: 'A',
    isLoud: true,
  });
});

test('a secret is read from the file that is named, without its line end', () => {
  const config = readConfig(
    Schema,
    { NAME: 'A', TOKEN_FILE: '/secret' },
    (path) => `${path} is long enough\n`,
  );
  expect(config.token).toBe('/secret is long enough');
});

test('every wrong key is named at once, and no secret is shown', () => {
  try {
    readConfig(Schema, { PORT: '99999', TOKEN: 'abc', LOUD: 'maybe' }, noFile);
    expect.unreachable();
  } catch (error) {
    if (!isJostleError(error, 'CONFIG_INVALID')) throw error;
    expect(error.problems.map((p) => p.at).sort()).toEqual(['LOUD', 'NAME', 'PORT', 'TOKEN']);
    expect(error.message).toContain('99999');
    expect(error.message).not.toContain('abc');
  }
});

test.each(['amqp://tech:gehe@im@host:1', 'mqtt//tech:gehe@im@host', 'tech:gehe@im@host'])(
  'the password in a wrong address is not shown: %s',
  (url) => {
    const schema = Type.Object({ url: Type.String({ env: 'URL', title: 'Where.', pattern: '^mqtt://' }) });
    const read = () => readConfig(schema, { URL: url }, noFile);
    expect(read).toThrow('tech:…@host');
    expect(read).not.toThrow(/gehe|im@/);
  },
);

test('a secret file that cannot be read is named', () => {
  expect(() => readConfig(Schema, { NAME: 'A', TOKEN_FILE: '/nowhere' }, noFile)).toThrow('TOKEN_FILE');
});

test('a rule between keys is named together with the wrong keys', () => {
  const rules = () => [
    { code: 'CONFIG_INVALID' as const, at: 'NAME', message: 'must not be the name of the port' },
  ];
  expect(() => readConfig(Schema, { NAME: 'A', PORT: 'many' }, noFile, rules)).toThrow(
    /PORT: .*\nNAME: must not be the name of the port/,
  );
});
