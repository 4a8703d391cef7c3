// In the place of the hardware worker: gives the agent a stretch of records again and again, each time later.
import { parentPort, workerData } from 'node:worker_threads';

const { batches, repetitions, lengthMs, paceMs, isDone } = workerData;
const TIMES = [
  'impactAt',
  'startsAt',
  'endsAt',
  'startedAt',
  'endedAt',
  'startedMonotonicMs',
  'wallMs',
  'monotonicMs',
];

function later(draft, byMs) {
  const body = { ...draft.body };
  for (const key of TIMES) if (typeof body[key] === 'number') body[key] += byMs;
  return { ...draft, body, measuredAt: draft.measuredAt + byMs, monotonicMs: draft.monotonicMs + byMs };
}

let next = 0;
parentPort.postMessage({ type: 'ready', sensors: [] });
const timer = setInterval(() => {
  if (next === batches.length * repetitions) {
    clearInterval(timer);
    Atomics.store(isDone, 0, 1);
    return;
  }
  const byMs = Math.floor(next / batches.length) * lengthMs;
  const drafts = batches[next % batches.length].drafts.map((draft) => later(draft, byMs));
  parentPort.postMessage({ type: 'records', drafts });
  next++;
}, paceMs);
parentPort.on('message', () => {
  clearInterval(timer);
  parentPort.postMessage({ type: 'stopped' });
});
