import { onEachStore } from '../testing/stores.ts';
import { EmbeddedTelemetryStore } from './embedded-store.ts';
import { telemetryContract } from './telemetry-contract.ts';

onEachStore('embedded telemetry', (open) => {
  telemetryContract(async () => new EmbeddedTelemetryStore(await open()));
});
