import { readFileSync, statSync } from 'node:fs';
import { JostleError } from '@jostle/contracts';
import type { Logger } from 'pino';
import { type ClientEntry, type Credentials, parseCredentials } from './credentials.ts';

/**
 * The credentials on disk, read again when the file changes, so that a new device needs no restart. A change that
 * cannot be read leaves the credentials before it in force.
 */
export class CredentialsFile {
  readonly #path: string;
  readonly #log: Logger;
  #credentials: Credentials;
  /** Of `#credentials`; made when it is first asked for. */
  #keys: ReadonlySet<string> | undefined;
  /** Of the version that was read last. */
  #stamp: string;
  /** What was said last of a version that cannot be used: every login asks. */
  #complaint = '';

  /** @throws JostleError CONFIG_INVALID where the file is missing or malformed */
  constructor(path: string, log: Logger) {
    this.#path = path;
    this.#log = log;
    try {
      this.#stamp = stampOf(path);
      this.#credentials = parseCredentials(readFileSync(path, 'utf8'));
    } catch (error) {
      throw new JostleError(
        'CONFIG_INVALID',
        `JOSTLE_MQTT_CREDENTIALS: ${path} is not a credentials file (${messageOf(error)})`,
        { cause: error },
      );
    }
  }

  current(): Credentials {
    let stamp = '';
    try {
      stamp = stampOf(this.#path);
      if (stamp === this.#stamp) return this.#credentials;
      const text = readFileSync(this.#path, 'utf8');
      // Only now: one that may not be read may be readable the next time, without a change.
      this.#stamp = stamp;
      this.#credentials = parseCredentials(text);
      this.#keys = undefined;
      this.#log.info({ clients: this.#credentials.clients.length }, 'credentials read again');
    } catch (error) {
      this.#complain(stamp, messageOf(error));
    }
    return this.#credentials;
  }

  /** Whether an entry is still as it was, in the file as it was read last. */
  has(entry: ClientEntry): boolean {
    this.#keys ??= new Set(this.#credentials.clients.map(keyOf));
    return this.#keys.has(keyOf(entry));
  }

  #complain(stamp: string, reason: string): void {
    const complaint = `${stamp} ${reason}`;
    if (complaint === this.#complaint) return;
    this.#complaint = complaint;
    this.#log.error({ reason }, 'changed credentials cannot be read; the old ones stay');
  }
}

function keyOf({ id, role, tokenSha256 }: ClientEntry): string {
  return `${id} ${role} ${tokenSha256}`;
}

function stampOf(path: string): string {
  const { ino, size, mtimeMs } = statSync(path);
  return `${ino} ${size} ${mtimeMs}`;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
