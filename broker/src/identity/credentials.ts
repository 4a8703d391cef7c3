import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { MqttRole } from '@jostle/contracts';
import Type, { Compile, type Static } from '@jostle/contracts/typebox';

/** One client that may log in. The token itself is kept only by the client. */
export const ClientEntry = Type.Object(
  {
    id: Type.String({
      pattern: '^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$',
      description: "A device's id, or the prefix of the ids of ingest workers (`ingest` for `ingest-…`).",
    }),
    role: Type.Union([Type.Literal('device'), Type.Literal('ingest')]),
    tokenSha256: Type.String({ pattern: '^[0-9a-f]{64}$' }),
  },
  { additionalProperties: false },
);
export type ClientEntry = Static<typeof ClientEntry>;

/** The credentials file: every client that the broker lets in. */
export const Credentials = Type.Object({ clients: Type.Array(ClientEntry) }, { additionalProperties: false });
export type Credentials = Static<typeof Credentials>;

const isCredentials = Compile(Credentials);

/** Compared with where the id is unknown, so that an unknown id takes as long as a wrong token. */
const NO_HASH = '0'.repeat(64);

/**
 * A new token of 256 random bits, and the entry that lets its bearer in. A plain SHA-256 suffices for a token
 * that cannot be guessed, and a slow hash would let a reconnecting fleet stop the broker.
 */
export function issueToken(id: string, role: MqttRole): { token: string; entry: ClientEntry } {
  const token = randomBytes(32).toString('base64url');
  return { token, entry: { id, role, tokenSha256: sha256(token) } };
}

/**
 * The entry of a client that proves its identity, or undefined. A device is its id; any id `ingest-…` may log in
 * with the token of an ingest entry `ingest`, so that workers need no entry each.
 */
export function verify(credentials: Credentials, clientId: string, token: string): ClientEntry | undefined {
  const entry = credentials.clients.find(
    ({ id, role }) => id === clientId || (role === 'ingest' && clientId.startsWith(`${id}-`)),
  );
  const expected = Buffer.from(entry?.tokenSha256 ?? NO_HASH, 'hex');
  const isRight = timingSafeEqual(Buffer.from(sha256(token), 'hex'), expected);
  return isRight ? entry : undefined;
}

/** @throws SyntaxError or RangeError saying what is wrong with the text */
export function parseCredentials(text: string): Credentials {
  const value: unknown = JSON.parse(text);
  if (isCredentials.Check(value)) return value;
  const [first] = isCredentials.Errors(value);
  throw new RangeError(`${first?.instancePath || '/'} ${first?.message ?? 'does not fit'}`);
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
