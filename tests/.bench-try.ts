import { outboxFigures } from './bench/edge/outbox-rate.ts';
for (const f of outboxFigures({ seconds: 30, progress: () => {} } as never)) console.log(f.id, f.value, f.unit);
