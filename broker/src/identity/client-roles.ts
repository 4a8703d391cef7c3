import { ID_PATTERN, type MqttRole } from '@jostle/contracts';
import { verify } from './credentials.ts';
import type { CredentialsFile } from './credentials-file.ts';

const DEVICE_ID = new RegExp(ID_PATTERN);
const INGEST_ID = /^ingest-[A-Za-z0-9_-]{1,64}$/;

export interface Login {
  clientId: string;
  username: string | undefined;
  token: string | undefined;
}

/** Why a client may come in. */
export interface Admission {
  role: MqttRole;
  /** Whether it still might, by what is known of the credentials. */
  holds(): boolean;
}

/** @returns undefined for a client that may not */
export type Admit = (login: Login) => Admission | undefined;

/** With a credentials file: the user name is the client id, the password its token. */
export function admitByToken(file: CredentialsFile): Admit {
  return ({ clientId, username, token }) => {
    if (username !== clientId || token === undefined) return undefined;
    const entry = verify(file.current(), clientId, token);
    return entry && { role: entry.role, holds: () => file.has(entry) };
  };
}

/** Without credentials the client id is believed. Only for a broker that listens on loopback, on a machine of one's own. */
export const admitById: Admit = ({ clientId }) => {
  const role = roleOfId(clientId);
  return role && { role, holds: () => true };
};

function roleOfId(clientId: string): MqttRole | undefined {
  if (INGEST_ID.test(clientId)) return 'ingest';
  return DEVICE_ID.test(clientId) ? 'device' : undefined;
}
