/** What decides whether the agent is left running. */
export interface AgentHealth {
  /**
   * How long the hardware worker has said nothing, ms; null between a failure that it told of, such as an absent bus,
   * and the first word of its successor: that is mended by the supervisor or by people, not by ending the agent.
   */
  workerSilenceMs: number | null;
  /** Whether the outbox takes records, or will once its disk has room; true before the first. */
  isOutboxWritable: boolean;
}

/** The hardware worker says something every 2 s. */
const WORKER_SILENCE_MAX_MS = 10_000;
/** The uplink pumps every 250 ms: a loop that is late by seconds delivers nothing. */
const LOOP_LAG_MAX_MS = 5_000;

/** What is wrong with the agent, a phrase for each; empty for one that is well. */
export function ailmentsOf({ workerSilenceMs, isOutboxWritable }: AgentHealth, loopLagMs: number): string[] {
  const ailments: string[] = [];
  if (workerSilenceMs !== null && workerSilenceMs >= WORKER_SILENCE_MAX_MS)
    ailments.push(`hardware worker silent for ${seconds(workerSilenceMs)}`);
  if (!isOutboxWritable) ailments.push('outbox cannot be written');
  if (loopLagMs >= LOOP_LAG_MAX_MS) ailments.push(`event loop late by ${seconds(loopLagMs)}`);
  return ailments;
}

const seconds = (ms: number) => `${Math.round(ms / 1000)} s`;
