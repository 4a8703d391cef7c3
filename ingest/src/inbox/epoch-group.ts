import type { Submission } from './submission.ts';

export type RunSubmission = Extract<Submission, { kind: 'run' }>;
export type UnreadableSubmission = Extract<Submission, { kind: 'unreadable' }>;

export interface EpochName {
  deviceId: string;
  epoch: string;
}

/** Everything that one batch holds of one epoch of one device, in the order of arrival. */
export interface EpochGroup extends EpochName {
  topic: string;
  /** Of the last message: nothing of the group came later. */
  receivedAt: number;
  messages: (RunSubmission | UnreadableSubmission)[];
  /** They were in quarantine until now. */
  isReplay?: boolean;
}

/** Names an epoch of a device; neither name can hold a slash. */
export function epochKey({ deviceId, epoch }: EpochName): string {
  return `${deviceId}/${epoch}`;
}

export function groupByEpoch(submissions: readonly Submission[]): EpochGroup[] {
  // Keyed by epoch.
  const groups = new Map<string, EpochGroup>();
  for (const submission of submissions) {
    if (submission.kind === 'presence' || submission.epoch === null) continue;
    const { deviceId, epoch, topic, receivedAt } = submission;
    const key = epochKey({ deviceId, epoch });
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { deviceId, epoch, topic, receivedAt, messages: [submission] });
    else {
      group.messages.push(submission);
      group.receivedAt = receivedAt;
    }
  }
  return [...groups.values()];
}
