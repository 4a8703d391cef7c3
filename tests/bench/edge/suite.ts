import type { Figure } from '../../figures/figure.ts';
import type { SuiteOptions } from '../suites.ts';
import { agentFigures } from './agent-load.ts';
import { dayFigures } from './day-volume.ts';
import { detectionFigures } from './detection-rate.ts';
import { outboxFigures } from './outbox-rate.ts';

/** What the edge agent costs: processor, memory, flash and uplink. */
export async function edgeSuite(options: SuiteOptions): Promise<Figure[]> {
  return [
    ...detectionFigures(options),
    ...outboxFigures(options),
    ...(await dayFigures(options)),
    ...(await agentFigures(options)),
  ];
}
