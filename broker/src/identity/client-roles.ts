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

/** The role of a client that may come in, or undefined. */
export type RoleOf = (login: Login) => MqttRole | undefined;

/** With a credentials file: the user name is the client id, the password its token. */
export function rolesByToken(file: CredentialsFile): RoleOf {
  return ({ clientId, username, token }) =>
    username === clientId && token !== undefined ? verify(file.current(), clientId, token) : undefined;
}

/** Without credentials the client id is believed. Only for a broker that listens on loopback, on a machine of one's own. */
export const rolesById: RoleOf = ({ clientId }) => {
  if (INGEST_ID.test(clientId)) return 'ingest';
  return DEVICE_ID.test(clientId) ? 'device' : undefined;
};
