import { isJostleError } from '@jostle/contracts';
import { pino } from 'pino';
import { readIngestConfig } from './config.ts';
import { type Service, startService } from './service.ts';
import { SystemClock } from './system-clock.ts';

/** A configuration that cannot be used (sysexits.h, EX_CONFIG). */
const EXIT_CONFIG = 78;
const EXIT_START = 1;

async function start(): Promise<Service> {
  const config = readIngestConfig();
  return startService(
    config,
    pino({ level: config.logLevel, base: { service: 'ingest' } }),
    new SystemClock(),
  );
}

try {
  const service = await start();
  const stop = () => void service.stop().then(() => process.exit(0));
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  process.once('disconnect', stop);
  process.send?.({ type: 'ready', port: service.httpPort });
} catch (error) {
  console.error(isJostleError(error) ? `${error.code}\n${error.message}` : error);
  const isConfig = isJostleError(error) && error.code.startsWith('CONFIG_');
  process.exit(isConfig ? EXIT_CONFIG : EXIT_START);
}
