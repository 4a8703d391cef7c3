import { isTopicAllowed, MAX_PAYLOAD_BYTES, type MqttRole } from '@jostle/contracts';

export interface KnownClient {
  id: string;
  role: MqttRole;
}

export interface Publication {
  topic: string;
  payload: string | Uint8Array;
  retain: boolean;
}

/**
 * Where a refused publication goes: nobody may subscribe to it. MQTT 3.1.1 has no negative answer to a PUBLISH; a
 * cut connection would make the client send the same message first again, for ever, and hold up everything
 * behind it. So it is acknowledged and dropped. No record is lost by that: the acknowledgement is not a receipt.
 */
export const REFUSED_TOPIC = 'jostle/refused';

/** Why a client may not publish this, or undefined where it may. */
export function publicationProblem(
  client: KnownClient,
  { topic, payload, retain }: Publication,
): string | undefined {
  if (!isTopicAllowed(client, 'publish', topic)) return 'topic';
  if (retain) return 'retained';
  const bytes = typeof payload === 'string' ? Buffer.byteLength(payload) : payload.length;
  return bytes > MAX_PAYLOAD_BYTES ? 'payload too large' : undefined;
}
