import { type DeviceRecord, deviceTopic, encodeUpMessage } from '@jostle/contracts';
import type { Submission } from '../inbox/submission.ts';
import { readMessage } from '../intake/message-reader.ts';
import { EPOCH, START_MS } from './records.ts';

export interface MessageParts {
  deviceId?: string;
  epoch?: string;
  outbox?: { minSeq: number; maxSeq: number };
  receivedAt?: number;
  chainBefore?: string | null;
}

/** The message that a device sends for records with consecutive seq, read as the intake reads it. */
export function submissionOf(records: readonly DeviceRecord[], parts: MessageParts = {}): Submission {
  const {
    deviceId = 'DEV-1',
    epoch = EPOCH,
    outbox = { minSeq: 1, maxSeq: 100 },
    chainBefore = null,
  } = parts;
  const message = encodeUpMessage(epoch, outbox, records, null, chainBefore);
  return readPayload(JSON.stringify(message), deviceId, parts.receivedAt);
}

/** Any payload on a device's `up` topic, read as the intake reads it. */
export function readPayload(payload: string, deviceId = 'DEV-1', receivedAt = START_MS): Submission {
  const read = readMessage({ topic: deviceTopic(deviceId, 'up'), payload: Buffer.from(payload), receivedAt });
  if (read === undefined) throw new TypeError('not a topic of a device');
  return read;
}
