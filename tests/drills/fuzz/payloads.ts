import { type DeviceRecord, deviceTopic, encodeUpMessage, type RecordDraft } from '@jostle/contracts';
import { coverage, reading, START_MS, shock } from '../support/drafts.ts';
import type { SeededRandom } from '../support/seeded-random.ts';
import { mutatedJson } from './json-mutation.ts';
import { mutated } from './mutation.ts';

const BOOT_ID = '0c9d8e7f-6a5b-4c3d-8e2f-1a0b9c8d7e6f';
const RUN_MAX = 6;
/** Apart, so that the identity of one message is hit by another one only where a mutation makes it so. */
const SEQS_APART = 10;

export interface Payload {
  topic: string;
  payload: Buffer;
}

export interface GoodMessage extends Payload {
  records: readonly DeviceRecord[];
  message: object;
}

/** A well-formed message of a few records of any kind. */
export function goodMessage(
  number: number,
  deviceId: string,
  epoch: string,
  random: SeededRandom,
): GoodMessage {
  const firstSeq = number * SEQS_APART + 1;
  const records = Array.from({ length: random.whole(1, RUN_MAX) }, (_, i) => {
    const draft: RecordDraft = random.pick(KINDS)(firstSeq + i);
    return { ...draft, seq: firstSeq + i, bootId: BOOT_ID, bootNumber: 1 } as DeviceRecord;
  });
  const outbox = { minSeq: 0, maxSeq: firstSeq + RUN_MAX };
  const message = encodeUpMessage(epoch, outbox, records, { bootId: BOOT_ID, monotonicMs: number });
  return {
    topic: deviceTopic(deviceId, 'up'),
    payload: Buffer.from(JSON.stringify(message)),
    records,
    message,
  };
}

/** What became of a good message in the hands of somebody who means harm, or of a broken device. */
export function badPayload({ topic, payload, message }: GoodMessage, random: SeededRandom): Payload {
  const ways: readonly (() => Payload)[] = [
    () => ({ topic, payload: mutated(payload, random) }),
    () => ({ topic, payload: mutated(payload, random) }),
    () => ({ topic, payload: Buffer.from(JSON.stringify(mutatedJson(message, random))) }),
    () => ({ topic, payload: Buffer.from(JSON.stringify(mutatedJson(message, random))) }),
    () => ({ topic, payload: Buffer.from(JSON.stringify(mutatedJson(message, random))) }),
    () => ({ topic, payload: random.bytes(random.below(200)) }),
    () => ({
      topic: topic.replace('/up', '/status'),
      payload: mutated(Buffer.from('{"v":1,"state":"online"}'), random),
    }),
    () => ({ topic, payload: Buffer.from('['.repeat(random.below(2_000))) }),
  ];
  return random.pick(ways)();
}

const KINDS: readonly ((n: number) => RecordDraft)[] = [
  reading,
  reading,
  reading,
  shock,
  coverage,
  (n) => ({
    ...stamp(n),
    kind: 'excursion',
    body: {
      sensor: 'sht31d-44',
      quantity: 'temperature',
      side: 'above',
      limit: 30,
      startedAt: START_MS + n,
      endedAt: null,
      extreme: 31,
    },
  }),
  (n) => ({
    ...stamp(n),
    kind: 'fault',
    body: { sensor: 'sht31d-44', isRaised: true, reason: 'stale', detail: '' },
  }),
  (n) => ({
    ...stamp(n),
    kind: 'tilt',
    body: { sensor: 'lis3dh-18', upFace: 2, tiltDeg: 91, startedAt: START_MS + n },
  }),
  (n) => ({
    ...stamp(n),
    kind: 'anchor',
    body: { monotonicMs: n, wallMs: START_MS + n, source: 'ntp', errorMs: 1 },
  }),
  (n) => ({
    ...stamp(n),
    kind: 'tombstone',
    body: { fromSeq: n + 100, toSeq: n + 101, reason: 'outbox-full' },
  }),
];

function stamp(n: number) {
  return { measuredAt: START_MS + n, monotonicMs: n, clockQuality: 'ntp' } as const;
}
