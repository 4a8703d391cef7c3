import {
  bodyProblem,
  type RecordDraft,
  type RecordTime,
  TIME_LIMIT_MS,
  type TombstoneBody,
} from '@jostle/contracts';
import { bodyBytes, MAX_BODY_BYTES } from './record-runs.ts';

/** Why a draft cannot be delivered, or undefined where it can. Checked before it is stored: ingest checks the same. */
export function draftProblem(draft: RecordDraft): string | undefined {
  if (!hasTime(draft)) return 'its times are not whole milliseconds of a calendar';
  const problem = bodyProblem(draft.kind, draft.body);
  if (problem !== undefined) return problem;
  // Only a waveform has no limit in its schema; the others are not measured, which costs as much as storing them.
  const isTooLarge = draft.kind === 'shock' && bodyBytes(draft.body) > MAX_BODY_BYTES;
  return isTooLarge ? 'its body is too large for a message' : undefined;
}

function hasTime(draft: RecordDraft): boolean {
  return isTime(draft.measuredAt) && Number.isSafeInteger(draft.monotonicMs);
}

function isTime(ms: number): boolean {
  return Number.isSafeInteger(ms) && Math.abs(ms) <= TIME_LIMIT_MS;
}

/** The nil UUID (RFC 9562, section 5.9): the boot of records whose rows are damaged. */
export const UNKNOWN_BOOT = { bootId: '00000000-0000-0000-0000-000000000000', bootNumber: 0 };

/** The record that says that others are missing, and why. */
export function tombstone(
  fromSeq: number,
  toSeq: number,
  reason: TombstoneBody['reason'],
  time: RecordTime,
): RecordDraft {
  const { measuredAt, monotonicMs, clockQuality } = time;
  return {
    kind: 'tombstone',
    measuredAt: isTime(measuredAt) ? measuredAt : 0,
    monotonicMs: Number.isSafeInteger(monotonicMs) ? monotonicMs : 0,
    clockQuality,
    body: { fromSeq, toSeq, reason },
  };
}
