import { isTopicAllowed } from '@jostle/contracts';
import type { AedesOptions, AuthErrorCode, AuthenticateError, Client, PublishPacket } from 'aedes';
import { ReceiptRoom } from './guards/receipt-room.ts';
import type { RefusalLog } from './guards/refusal-log.ts';
import { type Admission, admitById, admitByToken } from './identity/client-roles.ts';
import type { CredentialsFile } from './identity/credentials-file.ts';
import { type KnownClient, publicationProblem, REFUSED_TOPIC } from './topic-rules.ts';

/** CONNACK return code 5, not authorised (MQTT 3.1.1, section 3.2.2.3). */
const NOT_AUTHORISED = 5 as AuthErrorCode.NOT_AUTHORIZED;

/** What the rules tell of clients. */
export interface AccessWatch {
  /** A client has logged in. */
  admitted(client: Client, admission: Admission): void;
  /** A device that does not read did not get a receipt. */
  receiptLeftOut(): void;
}

/** Who may come in, publish and subscribe. */
export function accessRules(
  credentials: CredentialsFile | undefined,
  refusals: RefusalLog,
  { admitted, receiptLeftOut }: AccessWatch,
): AedesOptions {
  const admit = credentials === undefined ? admitById : admitByToken(credentials);
  const known = new WeakMap<Client, KnownClient>();
  const room = new ReceiptRoom();
  return {
    preConnect: (_client, packet, callback) => {
      // No session outlives its connection: the queue of an absent client would grow without a limit.
      packet.clean = true;
      callback(null, true);
    },
    authenticate: (client, username, password, callback) => {
      const { id } = client;
      const admission = admit({ clientId: id, username, token: password?.toString('utf8') });
      if (admission !== undefined) {
        known.set(client, { id, role: admission.role });
        admitted(client, admission);
        callback(null, true);
        return;
      }
      refusals.note('BROKER_IDENTITY_REFUSED', id.slice(0, 80), {});
      const error: AuthenticateError = Object.assign(new Error('identity refused'), {
        returnCode: NOT_AUTHORISED,
      });
      callback(error, false);
    },
    authorizeSubscribe: (client, subscription, callback) => {
      const knownClient = known.get(client);
      const isAllowed = knownClient && isTopicAllowed(knownClient, 'subscribe', subscription.topic);
      if (!isAllowed)
        refusals.note('BROKER_TOPIC_REFUSED', client.id, { filter: subscription.topic.slice(0, 200) });
      callback(null, isAllowed ? subscription : null);
    },
    authorizeForward: (client, packet) => {
      // Ingest is waited for: what it does not read yet, it will.
      const isReceipt = packet.qos === 0 && known.get(client)?.role === 'device';
      if (!isReceipt || room.lets(client.conn, packet.payload.length + packet.topic.length)) return packet;
      receiptLeftOut();
      return null;
    },
    // Wills come here too.
    authorizePublish: (client, packet, callback) => {
      const knownClient = client === null ? undefined : known.get(client);
      const problem = knownClient === undefined ? 'unknown client' : publicationProblem(knownClient, packet);
      if (problem !== undefined) {
        refusals.note('BROKER_TOPIC_REFUSED', client?.id ?? '', {
          topic: packet.topic.slice(0, 200),
          problem,
        });
        divert(packet);
      }
      callback(null);
    },
  };
}

function divert(packet: PublishPacket): void {
  packet.topic = REFUSED_TOPIC;
  packet.payload = Buffer.alloc(0);
  packet.retain = false;
}
