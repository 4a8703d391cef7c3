import {
  type DecodedUp,
  decodeUpMessage,
  ID_PATTERN,
  MAX_PAYLOAD_BYTES,
  parseDeviceTopic,
  StatusMessage,
} from '@jostle/contracts';
import { Compile } from '@jostle/contracts/typebox';
import type { Reject, Submission } from '../inbox/submission.ts';

/** One MQTT message as it arrived. */
export interface IntakePacket {
  topic: string;
  payload: Buffer;
  /** ms since the epoch, by ingest's clock. */
  receivedAt: number;
}

const isStatus = Compile(StatusMessage);

/** The longest run that a message may hold; see the `at` column of the wire format. */
const RUN_MAX = 1000;
/** A run from here on would end beyond the whole numbers that a JSON number keeps exact. */
const FIRST_SEQ_MAX = Number.MAX_SAFE_INTEGER - RUN_MAX;
const DEVICE_ID = new RegExp(ID_PATTERN);
const EPOCH = /^[0-9a-f-]{36}$/;

/**
 * Reads one message. It never throws: what cannot be read becomes a reject, and where its epoch and
 * sequence numbers can still be made out they come along, so that the device is told not to send it again.
 *
 * @returns undefined for a topic that is none of ours or names no possible device
 */
export function readMessage(packet: IntakePacket): Submission | undefined {
  const { topic, payload, receivedAt } = packet;
  const address = parseDeviceTopic(topic);
  if (address === undefined || !DEVICE_ID.test(address.deviceId)) return undefined;
  const { deviceId, channel } = address;
  const message = parseJson(payload);
  if (channel === 'status') {
    if (!isStatus.Check(message))
      return unreadable(packet, deviceId, 'the status does not fit its schema', NO_IDENTITY);
    return { kind: 'presence', deviceId, receivedAt, isOnline: message.state === 'online' };
  }
  if (message === undefined) return unreadable(packet, deviceId, 'the payload is not JSON', NO_IDENTITY);
  if (payload.length > MAX_PAYLOAD_BYTES) {
    const reason = `${payload.length} bytes are more than ${MAX_PAYLOAD_BYTES}`;
    return unreadable(packet, deviceId, reason, looseIdentity(message));
  }
  const decoded = decodeUpMessage(message);
  if ('reason' in decoded) return unreadable(packet, deviceId, decoded.reason, looseIdentity(message));
  const rejects = rejectsOf(decoded.malformed);
  if (rejects === undefined)
    return unreadable(packet, deviceId, 'a body is nested too deeply', looseIdentity(message));
  return {
    kind: 'run',
    deviceId,
    topic,
    receivedAt,
    epoch: decoded.epoch,
    outbox: decoded.outbox,
    sent: decoded.sent,
    chainBefore: decoded.chainBefore,
    records: decoded.records,
    rejects,
    raw: payload,
  };
}

function unreadable(
  { topic, payload, receivedAt }: IntakePacket,
  deviceId: string,
  reason: string,
  { epoch, seqs }: LooseIdentity,
): Submission {
  const reject = { code: 'INGEST_MESSAGE_MALFORMED' as const, reason, raw: payload, seqs };
  return { kind: 'unreadable', deviceId, topic, receivedAt, epoch, reject };
}

interface LooseIdentity {
  epoch: string | null;
  seqs: readonly [number, number] | null;
}

const NO_IDENTITY: LooseIdentity = { epoch: null, seqs: null };

/** What can be made out of a message that does not fit the schema. */
function looseIdentity(message: unknown): LooseIdentity {
  const { epoch, seq, at } = (message ?? {}) as { epoch?: unknown; seq?: unknown; at?: unknown };
  if (typeof epoch !== 'string' || !EPOCH.test(epoch)) return NO_IDENTITY;
  if (typeof seq !== 'number' || !Number.isSafeInteger(seq) || seq < 1 || seq > FIRST_SEQ_MAX)
    return { epoch, seqs: null };
  const count = Array.isArray(at) ? Math.min(Math.max(at.length, 1), RUN_MAX) : 1;
  return { epoch, seqs: [seq, seq + count - 1] };
}

/** @returns undefined where one is nested so deeply that it cannot be written as JSON again */
function rejectsOf(malformed: DecodedUp['malformed']): Reject[] | undefined {
  try {
    return malformed.map(malformedRecord);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function malformedRecord({ seq, reason, raw }: { seq: number; reason: string; raw: unknown }): Reject {
  const bytes = Buffer.from(JSON.stringify(raw) ?? 'null');
  return { code: 'INGEST_RECORD_MALFORMED', reason, raw: bytes, seqs: [seq, seq] };
}

function parseJson(payload: Buffer): unknown {
  try {
    return JSON.parse(payload.toString('utf8'));
  } catch {
    return undefined;
  }
}
