import type { Static, TObject, TProperties } from '#typebox';
import { type ConfigKey, readConfig } from './config.ts';
import type { ErrorCode } from './error-codes.ts';
import { JostleError } from './errors.ts';

/** Whether an address to listen on can be reached from this machine only. */
export function isLoopbackHost(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}

/**
 * Reads the configuration of a process that listens, as `readConfig` does, and refuses it where the process would
 * be open to other machines without credentials.
 *
 * @param host the property that holds the address to listen on
 * @param credentials the property without which only loopback will do
 * @throws JostleError CONFIG_INVALID naming every wrong key at once, being open among them;
 * CONFIG_OPEN_WITHOUT_CREDENTIALS where that is the only fault
 */
export function readListenerConfig<P extends TProperties>(
  schema: TObject<P>,
  env: Readonly<Record<string, string | undefined>>,
  readFile: (path: string) => string,
  { host, credentials }: { host: keyof P & string; credentials: keyof P & string },
): Static<TObject<P>> {
  const envOf = (key: string) => (schema.properties[key] as unknown as ConfigKey).env;
  return readConfig(schema, env, readFile, (values: Record<string, unknown>) => {
    const address = String(values[host]);
    if (values[credentials] !== undefined || isLoopbackHost(address)) return [];
    const fix = `set ${envOf(credentials)}, or ${envOf(host)}=127.0.0.1.`;
    const message = `${address} can be reached from other machines: ${fix}`;
    return [{ code: 'CONFIG_OPEN_WITHOUT_CREDENTIALS', at: envOf(host), message }];
  });
}

/** Where a process tried to listen, the keys that say so, and the codes of what can be wrong with them. */
export interface ListenPlace {
  inUse: ErrorCode;
  unusable: ErrorCode;
  host: string;
  port: number;
  hostKey: string;
  portKey: string;
}

/** The error of a server that could not listen, as a coded one where what has to be changed is known. */
export function listenError(error: unknown, place: ListenPlace): unknown {
  const { host, port, hostKey, portKey } = place;
  const code = (error as { code?: unknown } | null)?.code;
  if (code === 'EADDRINUSE')
    return new JostleError(
      place.inUse,
      `Another process listens on ${host}:${port} already: stop it, or set ${portKey}.`,
      { cause: error },
    );
  if (code === 'EADDRNOTAVAIL' || code === 'EACCES' || code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return new JostleError(
      place.unusable,
      `This process cannot listen on ${host}:${port} (${code}): set ${hostKey} to an address of this machine and ${portKey} to a port that its user may open.`,
      { cause: error },
    );
  return error;
}
