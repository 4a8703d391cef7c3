import { isJostleError } from '@jostle/contracts';
import { pino } from 'pino';
import { type Broker, startBroker } from './broker.ts';
import { readBrokerConfig } from './config.ts';

/** A configuration that cannot be used (sysexits.h, EX_CONFIG). */
const EXIT_CONFIG = 78;
const EXIT_START = 1;

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
  console.error(isJostleError(error) ? `${error.code}\n${error.message}` : error);
  const isConfig = isJostleError(error) && error.code.startsWith('CONFIG_');
  process.exit(isConfig ? EXIT_CONFIG : EXIT_START);
}
