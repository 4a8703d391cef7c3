import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { JostleError } from '@jostle/contracts';
import { SURVEY } from '../journeys/handling-survey.ts';
import { shortestJourneyMs } from '../journeys/journey-composer.ts';

/** What a fleet is to be. */
export interface FleetOptions {
  devices: number;
  /** Ids are this, a hyphen and a number. */
  prefix: string;
  seed: number;
  /** Of each journey, in simulated time. */
  minutes: number;
  eventsPerTrip: number;
  /** How many times faster than real time at most; the machine may be slower. */
  speed: number;
  mqttUrl: string;
  /** API at which the devices are registered first; left out, they must be known already. */
  apiUrl: string | undefined;
  /** Folder with a file ID.token for each device, as the broker's tool issues them. */
  tokensDir: string | undefined;
  /** Folder of the outboxes; a temporary one, removed at the end, without. */
  dataDir: string | undefined;
  /** Folder of the ground truth. */
  truthDir: string | undefined;
  /** Threads that the sensing of the devices is divided among. */
  threads: number;
  /** How long confirmation is waited for when all journeys have ended, s. */
  drainS: number;
}

export const FLEET_HELP = `Runs many simulated devices on one machine: real sensing on simulated chips, a real outbox
and a real connection for each. They live through composed journeys in the past.

usage: npm run fleet -- [options]

  --devices N      how many (1000)
  --minutes N      simulated length of each journey (${Math.ceil(shortestJourneyMs(SURVEY.eventsPerTrip) / 60_000)})
  --events N       mean number of drops, kicks and tosses on it (${SURVEY.eventsPerTrip})
  --speed N        at most so many times faster than real time (60)
  --seed N         of the journeys and the chips (1)
  --prefix TEXT    ids are TEXT-0001 and so on (FLEET)
  --mqtt URL       broker (mqtt://127.0.0.1:1883); one address may need
                   MQTT_MAX_CONNECTIONS_PER_ADDRESS there
  --api URL        register the devices at this API first; JOSTLE_API_KEY is its key
  --tokens DIR     tokens as issue-tokens writes them, ID.token
  --truth DIR      write what really happened, ID.truth.json
  --data DIR       keep the outboxes there
  --threads N      threads for sensing (one per processor)
  --drain SECONDS  wait so long for receipts at the end (120)
  --list           print the clients for the broker's issue-tokens and end:
                   npm run -s fleet -- --list | xargs node --import tsx broker/src/issue-tokens.ts
                   --credentials FILE --tokens DIR ingest:ingest
  --help           print this and end
`;

const OPTIONS = {
  devices: { type: 'string', default: '1000' },
  minutes: { type: 'string' },
  events: { type: 'string', default: String(SURVEY.eventsPerTrip) },
  speed: { type: 'string', default: '60' },
  seed: { type: 'string', default: '1' },
  prefix: { type: 'string', default: 'FLEET' },
  mqtt: { type: 'string', default: 'mqtt://127.0.0.1:1883' },
  api: { type: 'string' },
  tokens: { type: 'string' },
  truth: { type: 'string' },
  data: { type: 'string' },
  threads: { type: 'string' },
  drain: { type: 'string', default: '120' },
  list: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;

export type FleetCommand = { kind: 'help' } | { kind: 'list' | 'run'; options: FleetOptions };

/** @throws JostleError CONFIG_INVALID naming every wrong option at once */
export function readFleetCommand(args: string[]): FleetCommand {
  const values = parsed(args);
  const problems: string[] = [];
  const number = (name: string, text: string, least: number, most: number): number => {
    const value = Number(text);
    if (!(value >= least && value <= most)) problems.push(`--${name}: a number from ${least} to ${most}`);
    return value;
  };
  const eventsPerTrip = number('events', values.events, 0, 1000);
  const shortest = Math.ceil(shortestJourneyMs(eventsPerTrip || 0) / 60_000);
  const options: FleetOptions = {
    devices: number('devices', values.devices, 1, 9999),
    prefix: values.prefix,
    seed: number('seed', values.seed, 0, 2 ** 31),
    minutes: number('minutes', values.minutes ?? String(shortest), shortest, 14 * 24 * 60),
    eventsPerTrip,
    speed: number('speed', values.speed, 0.01, 1000),
    mqttUrl: values.mqtt,
    apiUrl: values.api,
    tokensDir: values.tokens,
    dataDir: values.data,
    truthDir: values.truth,
    threads: number('threads', values.threads ?? String(availableParallelism()), 1, 256),
    drainS: number('drain', values.drain, 0, 86_400),
  };
  if (!/^[A-Z0-9][A-Z0-9-]{0,40}$/.test(options.prefix))
    problems.push('--prefix: capital letters, digits and hyphens');
  if (values.help) return { kind: 'help' };
  if (problems.length > 0) throw new JostleError('CONFIG_INVALID', problems.join('\n'));
  return { kind: values.list ? 'list' : 'run', options };
}

function parsed(args: string[]) {
  try {
    return parseArgs({ args, options: OPTIONS }).values;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new JostleError('CONFIG_INVALID', `${reason}\nSee npm run fleet -- --help.`, { cause });
  }
}
