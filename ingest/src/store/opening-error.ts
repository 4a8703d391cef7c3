import { JostleError } from '@jostle/contracts';

/** Where the store is kept. */
export type StorePlace = { dataDir: string } | { databaseUrl: string };

// Error codes of PostgreSQL (Appendix A of its manual).
/** Invalid authorisation, no such database, insufficient privilege. */
const REFUSED = /^(28...|3D000|42501)$/;
/** Connection exceptions, too many connections, shutting down or starting up. */
const AWAY = /^(08...|53300|57P0.)$/;

/** Codes of the system, such as ECONNREFUSED. */
const SYSTEM = /^(E[A-Z0-9]+|EAI_[A-Z]+)$/;
const SQLITE_NOT_OPENED = /^SQLITE_(CANTOPEN|READONLY|NOTADB|CORRUPT|IOERR|PERM)/;

/** The error of a store that did not open as one that names the key to change and shows no password; others as they are. */
export function openingError(error: unknown, place: StorePlace): unknown {
  if (error instanceof JostleError || !(error instanceof Error)) return error;
  const code = String((error as { code?: unknown }).code ?? '');
  return 'databaseUrl' in place ? postgresError(error, code) : sqliteError(error, code, place.dataDir);
}

function postgresError(error: Error, code: string): Error {
  const coded = (jostleCode: JostleError['code'], text: string) =>
    new JostleError(jostleCode, text, { cause: error });
  if (code === 'ERR_INVALID_URL' || error instanceof URIError)
    return coded(
      'CONFIG_INVALID',
      'DATABASE_URL: is not a URL; special characters in it are written as %XX.',
    );
  // A wish for another kind of login or for a password has only a text.
  if (REFUSED.test(code) || error.message.startsWith('SASL'))
    return coded('INGEST_STORE_REFUSED', `PostgreSQL refuses DATABASE_URL (${error.message}): correct it.`);
  const isAway =
    AWAY.test(code) || SYSTEM.test(code) || /^(timeout e|Connection terminated)/.test(error.message);
  return isAway
    ? coded(
        'INGEST_STORE_UNREACHABLE',
        `PostgreSQL cannot be reached (${error.message || code}): start it, or correct DATABASE_URL.`,
      )
    : error;
}

function sqliteError(error: Error, code: string, dataDir: string): Error {
  if (!SYSTEM.test(code) && !SQLITE_NOT_OPENED.test(code)) return error;
  return new JostleError(
    'INGEST_STORE_UNREACHABLE',
    `The store in ${dataDir} cannot be opened (${error.message}): set JOSTLE_DATA_DIR to a folder that ingest may write.`,
    { cause: error },
  );
}
