import { isJostleError } from '@jostle/contracts';
import { pino } from 'pino';
import { type Broker, startBroker } from './broker.ts';
import { readBrokerConfig } from './config.ts';

/** A configuration that cannot be used (sysexits.h, EX_CONFIG). */
const EXIT_CONFIG = 78;
const EXIT_START = 1;

// Whatever this process writes is its own user's to read.
process.umask(0o077);

async function start(): Promise<Broker> {
  const config = readBrokerConfig();
  return startBroker(config, pino({ level: config.logLevel, base: { part: 'broker' } }));
}

try {
  const broker = await start();
  const stop = () => void broker.stop().then(() => process.exit(0));
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  process.on('disconnect', stop);
  process.send?.({ type: 'ready', port: broker.port });
} catch (error) {
  const isConfig = isJostleError(error) && error.code.startsWith('CONFIG_');
  // A configuration has a line for each wrong key.
  const separator = isConfig ? '\n' : ': ';
  console.error(isJostleError(error) ? `${error.code}${separator}${error.message}` : error);
  process.exit(isConfig ? EXIT_CONFIG : EXIT_START);
}
