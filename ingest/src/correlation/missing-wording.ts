import type { FindingCompleteness, MissingRecords, TombstoneBody } from '@jostle/contracts';
import { instantInWords } from './wording.ts';

/** Stretches that the paragraph names. */
const NAMED = 3;

const REASONS: Record<TombstoneBody['reason'], string> = {
  'outbox-full': 'its outbox was full',
  refused: 'they did not fit their schema',
  damaged: 'they were damaged on its card',
  'not-stored': 'its card took them in no form',
};

/** One order for the same records, however they were read. */
export function missingInOrder(missing: readonly MissingRecords[]): MissingRecords[] {
  const keyOf = (item: MissingRecords) => JSON.stringify([item.earliest, item.latest, item.device, item]);
  return missing.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
}

/** Likewise, by device. */
export function devicesInOrder(completeness: FindingCompleteness): FindingCompleteness {
  const devices = completeness.devices.toSorted((a, b) => (a.device < b.device ? -1 : 1));
  return { ...completeness, devices };
}

/** Which records have not come, and why; the largest stretches are named. */
export function missingInWords(missing: readonly MissingRecords[]): string {
  const largest = missingInOrder(missing).toSorted((a, b) => b.records - a.records);
  const sentences = largest.slice(0, NAMED).map(stretchInWords);
  const others = largest.slice(NAMED).reduce((sum, { records }) => sum + records, 0);
  if (others > 0) sentences.push(`${others} more records are missing likewise.`);
  return sentences.join(' ');
}

/** That quiet is not known yet where records of the way are late or in flight. */
export function stillToComeInWords(completeness: FindingCompleteness | undefined): string {
  const records = (completeness?.late ?? 0) + (completeness?.inFlight ?? 0);
  if (records === 0) return '';
  return records === 1
    ? '1 record that may be of this way may still come: what it says is not known yet, and this finding may change with it.'
    : `${records} records that may be of this way may still come: what they say is not known yet, and this finding may change with them.`;
}

/** Devices of which nothing was heard up to the end of their way: a number of records says nothing of that time. */
export function silenceInWords(completeness: FindingCompleteness | undefined): string {
  return (completeness?.devices ?? [])
    .flatMap(({ device, silentFrom }) =>
      silentFrom === null
        ? []
        : [
            `Nothing was heard of ${device} from ${instantInWords(silentFrom)} on: what it recorded after that is not known.`,
          ],
    )
    .join(' ');
}

function stretchInWords({ device, records, state, reason, earliest, latest }: MissingRecords): string {
  const what = `${records} ${records === 1 ? 'record' : 'records'} of ${device}${whenInWords(earliest, latest)}`;
  const were = records === 1 ? 'was' : 'were';
  const them = records === 1 ? 'it' : 'them';
  if (state === 'late')
    return `${what} ${records === 1 ? 'is' : 'are'} late: ${records === 1 ? 'it has' : 'they have'} not come, and the device may still have ${them}.`;
  if (state === 'lost')
    return `${what} ${were} lost: the device no longer had ${them}, and nothing says why.`;
  if (state === 'refused')
    return `${what} came but could not be read, and ${records === 1 ? 'lies' : 'lie'} in quarantine${reason === null ? '' : ` (${reason})`}.`;
  const why = Object.entries(REASONS).find(([key]) => key === reason)?.[1] ?? 'it did not say why';
  return `${what} ${were} dropped by the device: ${why}.`;
}

function whenInWords(earliest: string | null, latest: string | null): string {
  if (earliest !== null && latest !== null)
    return ` between ${instantInWords(earliest)} and ${instantInWords(latest)}`;
  if (latest !== null) return ` before ${instantInWords(latest)}`;
  return earliest === null ? '' : ` after ${instantInWords(earliest)}`;
}
