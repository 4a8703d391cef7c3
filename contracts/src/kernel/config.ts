import Type, { Compile, type Static, type TObject, type TProperties, type TSchema } from '#typebox';
import { JostleError, type Problem } from './errors.ts';

/**
 * How a configuration key is described. A schema is `Type.Object({ key: Type.Integer({ env, title, default, … }) })`.
 *
 * - `env`: the environment variable that sets it
 * - `secret: true`: may also come from the file named by `ENV_FILE`, and is never printed
 * - `title`: one sentence with the unit
 */
export interface ConfigKey {
  env: string;
  title: string;
  secret?: boolean;
  default?: unknown;
}

/** The key that every process has. */
export const LogLevel = Type.Enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace'], {
  env: 'LOG_LEVEL',
  title: 'Least serious level that is logged.',
  default: 'info',
});

/**
 * Reads a configuration from environment variables and defaults; an empty variable counts as unset.
 * Pure but for `readFile`, which is asked only for `…_FILE` secrets.
 *
 * @param rules what must hold between keys; it also gets values that are wrong by themselves
 *
 * @throws JostleError CONFIG_INVALID naming every wrong key at once, or the one code that all problems share
 */
export function readConfig<P extends TProperties>(
  schema: TObject<P>,
  env: Readonly<Record<string, string | undefined>>,
  readFile: (path: string) => string,
  rules: (values: Partial<Static<TObject<P>>>) => Problem[] = () => [],
): Static<TObject<P>> {
  const values: Record<string, unknown> = {};
  const problems: Problem[] = [];
  const complain = (at: string, message: string) => problems.push({ code: 'CONFIG_INVALID', at, message });

  for (const [key, property] of configKeys(schema)) {
    const text = textOf(property, env, readFile, complain);
    if (text !== undefined) values[key] = parseText(property, text);
    else if (property.default !== undefined) values[key] = property.default;
  }
  const validator = Compile(schema);
  for (const error of validator.Errors(values)) {
    const path = error.instancePath.slice(1).split('/')[0] ?? '';
    const missing = (error.params as { requiredProperties?: string[] }).requiredProperties ?? [];
    for (const key of path === '' ? missing : [path]) {
      const property = schema.properties[key] as (TSchema & ConfigKey) | undefined;
      if (property !== undefined && !problems.some((p) => p.at === property.env))
        complain(
          property.env,
          path === '' ? 'is required' : wrongValue(property, values[key], error.message),
        );
    }
  }
  const alone = new Set(problems.map((p) => p.at));
  problems.push(...rules(values as Partial<Static<TObject<P>>>).filter((p) => !alone.has(p.at)));
  const [first] = problems;
  if (first !== undefined) {
    const code = problems.every((p) => p.code === first.code) ? first.code : 'CONFIG_INVALID';
    throw new JostleError(code, problems.map((p) => `${p.at}: ${p.message}`).join('\n'), { problems });
  }
  return values as Static<TObject<P>>;
}

/** Each key of a configuration schema with its description. */
export function configKeys(schema: TObject): [string, TSchema & ConfigKey][] {
  return Object.entries(schema.properties) as [string, TSchema & ConfigKey][];
}

function textOf(
  property: ConfigKey,
  env: Readonly<Record<string, string | undefined>>,
  readFile: (path: string) => string,
  complain: (at: string, message: string) => void,
): string | undefined {
  const direct = env[property.env];
  if (direct !== undefined && direct !== '') return direct;
  const path = property.secret ? env[`${property.env}_FILE`] : undefined;
  if (path === undefined || path === '') return undefined;
  try {
    return readFile(path).trim();
  } catch {
    complain(`${property.env}_FILE`, 'names a file that cannot be read');
    return undefined;
  }
}

/** Numbers and booleans by their type; a text that is neither stays a text and fails the schema. */
function parseText(property: TSchema, text: string): unknown {
  const type = (property as { type?: string }).type;
  if (type === 'integer' || type === 'number')
    return text.trim() !== '' && Number.isFinite(Number(text)) ? Number(text) : text;
  if (type === 'boolean')
    return { true: true, '1': true, false: false, '0': false }[text.toLowerCase()] ?? text;
  return text;
}

function wrongValue(property: ConfigKey, value: unknown, message: string): string {
  const shown = property.secret ? '' : ` (it is ${withoutPasswords(JSON.stringify(value))})`;
  return `${message}${shown}: ${property.title}`;
}

/** An address may carry a password before its host, also one that is written wrong. */
function withoutPasswords(text: string): string {
  return text.replace(/:(?!\/\/).*@/, ':…@');
}
