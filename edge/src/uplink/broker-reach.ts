import { lookup } from 'node:dns/promises';
import { connect, isIP } from 'node:net';
import { connect as connectTls, type PeerCertificate } from 'node:tls';

/** The steps on the way to a login, in order; TLS only for mqtts. */
export type ReachStep = 'dns' | 'tcp' | 'tls';

/** How far one gets towards the broker: what each step found, and the one that failed, which is the last. */
export interface BrokerReach {
  steps: { step: ReachStep; isOk: boolean; found: string }[];
}

const STEP_MS = 5_000;
const DEFAULT_PORTS: Record<string, number> = { 'mqtt:': 1883, 'mqtts:': 8883 };

/** Goes to the broker step by step, and no further than the login: an agent that is logged in is not disturbed. */
export async function reachBroker(url: string): Promise<BrokerReach> {
  const { protocol, hostname, port } = new URL(url);
  // An IPv6 address stands in brackets in a URL only.
  const host = hostname.replace(/^\[|\]$/g, '');
  const target = { host, port: port === '' ? (DEFAULT_PORTS[protocol] ?? 1883) : Number(port) };
  const reach: BrokerReach = { steps: [] };
  const step = async (name: ReachStep, attempt: () => Promise<string>) => {
    try {
      reach.steps.push({ step: name, isOk: true, found: await attempt() });
      return true;
    } catch (error) {
      reach.steps.push({ step: name, isOk: false, found: reasonOf(error) });
      return false;
    }
  };
  if (!(await step('dns', () => resolved(host)))) return reach;
  if (!(await step('tcp', () => opened(target)))) return reach;
  if (protocol === 'mqtts:') await step('tls', () => trusted(target));
  return reach;
}

async function resolved(host: string): Promise<string> {
  const addresses = await lookup(host, { all: true });
  const [first] = addresses;
  if (first?.address === host) return 'an address, no name to look up';
  return `${host} is ${addresses.map(({ address }) => address).join(', ')}`;
}

interface Target {
  host: string;
  port: number;
}

function opened(target: Target): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(target);
    socket.setTimeout(STEP_MS, () => socket.destroy(new Error(`no answer within ${STEP_MS / 1000} s`)));
    socket.once('error', reject);
    socket.once('connect', () => {
      resolve(`port ${target.port} is open`);
      socket.destroy();
    });
  });
}

function trusted(target: Target): Promise<string> {
  return new Promise((resolve, reject) => {
    // An address has no server name (RFC 6066, section 3).
    const name = isIP(target.host) === 0 ? { servername: target.host } : {};
    const socket = connectTls({ ...target, ...name });
    socket.setTimeout(STEP_MS, () => socket.destroy(new Error(`no answer within ${STEP_MS / 1000} s`)));
    socket.once('error', reject);
    socket.once('secureConnect', () => {
      resolve(certificateText(socket.getPeerCertificate()));
      socket.destroy();
    });
  });
}

function certificateText({ valid_to }: PeerCertificate): string {
  return `certificate is trusted, valid to ${new Date(valid_to).toISOString().slice(0, 10)}`;
}

/** A host with several addresses fails with an error per address and no sentence of its own. */
function reasonOf(error: unknown): string {
  const first = error instanceof AggregateError ? (error.errors as unknown[])[0] : error;
  return (first instanceof Error && first.message) || String(error);
}
