import { isJostleError } from '@jostle/contracts';
import { pino } from 'pino';
import { readIngestConfig } from './config.ts';
import { type Service, startService } from './service.ts';
import { SystemClock } from './system-clock.ts';

/** A configuration that cannot be used (sysexits.h, EX_CONFIG). */
const EXIT_CONFIG = 78;
const EXIT_START = 1;

// Whatever this process writes is its own user's to read.
process.umask(0o077);

const EXIT_LOST = 1;

async function start(): Promise<Service> {
  const config = readIngestConfig();
  const log = pino({ level: config.logLevel, base: { service: 'ingest' } });
  const service = await startService(config, log, new SystemClock());
  void service.lost.then((error) => {
    // Nothing more can be kept or answered; what starts this process again opens the store anew.
    log.fatal({ code: 'INGEST_STORE_LOST', err: error }, 'the store is lost');
    process.exit(EXIT_LOST);
  });
  return service;
}

try {
  const service = await start();
  const stop = () => void service.stop().then(() => process.exit(0));
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  process.once('disconnect', stop);
  process.send?.({ type: 'ready', port: service.httpPort });
} catch (error) {
  const isConfig = isJostleError(error) && error.code.startsWith('CONFIG_');
  // A configuration has a line for each wrong key.
  const separator = isConfig ? '\n' : ': ';
  console.error(isJostleError(error) ? `${error.code}${separator}${error.message}` : error);
  process.exit(isConfig ? EXIT_CONFIG : EXIT_START);
}
