import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import type { PartCommand } from '../support/part.ts';

/** What is done to the packets of a place: those that leave it, those that come to it, or a share of both. */
export type Fault = 'none' | 'out' | 'in' | 'both' | 'loss';

/** One in so many packets of each direction is lost. */
const LOSS_ONE_IN = 10;

/** Counted, so that a cut is known to have met something. */
const DROP = 'counter drop';

const RULES: Record<Fault, { in: string; out: string }> = {
  none: { in: '', out: '' },
  out: { in: '', out: DROP },
  in: { in: DROP, out: '' },
  both: { in: DROP, out: DROP },
  loss: {
    in: `numgen random mod ${LOSS_ONE_IN} == 0 ${DROP}`,
    out: `numgen random mod ${LOSS_ONE_IN} == 0 ${DROP}`,
  },
};

/** A network of its own for some processes, with one cable to the rest, whose packets can be dropped. */
export interface Namespace {
  /** Address of the rest of the machine on the cable, and of the processes in here. */
  outside: string;
  inside: string;
  /** A command that runs in here. */
  place(command: PartCommand): PartCommand;
  /** @returns how many packets the fault that ends with this dropped */
  inflict(fault: Fault): number;
  remove(): void;
}

/** Why this machine does not allow it, or undefined where it does. */
export function namespacesProblem(): string | undefined {
  const missing = ['ip', 'nft'].find((name) => !existsSync(`/usr/sbin/${name}`));
  if (missing !== undefined) return `${missing} is not installed (apt-get install iproute2 nftables)`;
  try {
    const trial = openNamespace('drill-trial', 250);
    try {
      trial.inflict('loss');
    } finally {
      trial.remove();
    }
    return undefined;
  } catch (error) {
    return String((error as { stderr?: Buffer }).stderr ?? error).trim();
  }
}

/**
 * Makes a namespace. Its names carry the id of this process, so that two drills do not meet.
 *
 * @param name short: that of an interface has 15 characters
 * @param n from 0 to 254, another one for each namespace of this process
 */
export function openNamespace(name: string, n: number): Namespace {
  const id = `${name}-${process.pid}`;
  // 198.18.0.0/15 is set aside for tests of networks (RFC 2544, appendix C.2.2); four addresses of it each.
  const net = ((process.pid % 128) * 256 + n) * 4;
  const address = (host: number) => `198.${18 + (net >> 16)}.${(net >> 8) & 255}.${(net & 255) + host}`;
  const [outside, inside] = [address(1), address(2)];
  const cable = `jd${process.pid}-${n}`;
  const far = `${cable}f`;
  const ip = (...args: string[]) => execFileSync('/usr/sbin/ip', args, { stdio: 'pipe' });
  const remove = () => {
    process.removeListener('exit', remove);
    for (const args of [
      ['link', 'delete', cable],
      ['netns', 'delete', id],
    ])
      try {
        ip(...args);
      } catch {
        // It was not made.
      }
  };
  process.once('exit', remove);
  const nft = (args: readonly string[], input = '') =>
    execFileSync('/usr/sbin/ip', ['netns', 'exec', id, '/usr/sbin/nft', ...args], { input }).toString();
  let present: Fault = 'none';
  const dropped = () => {
    if (present === 'none') return 0;
    const counters = nft(['list', 'table', 'inet', 'drill']).matchAll(/counter packets (\d+)/g);
    return [...counters].reduce((sum, [, packets]) => sum + Number(packets), 0);
  };
  const inflict = (fault: Fault) => {
    const before = dropped();
    const chain = (hook: 'input' | 'output', device: string, verdict: string) =>
      `chain ${hook} { type filter hook ${hook} priority 0; ${verdict && `${device} ${far} ${verdict};`} }`;
    const rules = `table inet drill
delete table inet drill
table inet drill {
${chain('input', 'iifname', RULES[fault].in)}
${chain('output', 'oifname', RULES[fault].out)}
}`;
    nft(['-f', '-'], rules);
    present = fault;
    return before;
  };
  try {
    ip('netns', 'add', id);
    ip('link', 'add', cable, 'type', 'veth', 'peer', 'name', far);
    ip('link', 'set', far, 'netns', id);
    ip('address', 'add', `${outside}/30`, 'dev', cable);
    ip('link', 'set', cable, 'up');
    ip('-n', id, 'address', 'add', `${inside}/30`, 'dev', far);
    ip('-n', id, 'link', 'set', far, 'up');
    ip('-n', id, 'link', 'set', 'lo', 'up');
    ip('-n', id, 'route', 'add', 'default', 'via', outside);
  } catch (error) {
    remove();
    throw error;
  }
  const place = ({ program, args, options = {} }: PartCommand): PartCommand => ({
    program: '/usr/sbin/ip',
    args: ['netns', 'exec', id, program, ...args],
    options,
  });
  return { outside, inside, place, inflict, remove };
}
