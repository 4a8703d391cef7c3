import type { DecodedUp, DeviceRecord, ErrorCode, OutboxSpan } from '@jostle/contracts';

/** Something that goes into quarantine instead of the inbox. */
export interface Reject {
  code: ErrorCode;
  reason: string;
  raw: Buffer;
  /** The sequence numbers it takes with it, both ends included; null where they cannot be read. */
  seqs: readonly [from: number, to: number] | null;
}

/** What one message asks the inbox to do. */
export type Submission =
  | {
      kind: 'run';
      deviceId: string;
      topic: string;
      receivedAt: number;
      epoch: string;
      outbox: OutboxSpan;
      sent: DecodedUp['sent'];
      chainBefore: DecodedUp['chainBefore'];
      records: readonly DeviceRecord[];
      rejects: readonly Reject[];
      raw: Buffer;
    }
  | {
      kind: 'unreadable';
      deviceId: string;
      topic: string;
      receivedAt: number;
      /** Null where even that cannot be read: then there is nothing to give a receipt for. */
      epoch: string | null;
      reject: Reject;
    }
  | { kind: 'presence'; deviceId: string; receivedAt: number; isOnline: boolean };
