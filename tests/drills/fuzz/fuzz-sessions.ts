import { connect, type Socket } from 'node:net';
import type { SeededRandom } from '../support/seeded-random.ts';
import { MqttPackets } from './mqtt-packets.ts';
import { mutated } from './mutation.ts';

/** A session that the broker neither reads to its end nor cuts is given up after this. */
const SESSION_LIMIT_MS = 10_000;
/** All of 127/8 is loopback (RFC 1122, section 3.2.1.3): many addresses, so that no cap of one address is met. */
const ADDRESSES = 100;

/** How one session speaks. */
type Manner = 'noise' | 'before-login' | 'after-login';

export interface SessionOutcome {
  packets: number;
  /** It was given up: nobody ended the connection. */
  isStuck: boolean;
}

/** One connection: some bytes, then the end of what it sends, then the broker's end. */
export function runSession(port: number, random: SeededRandom, number: number): Promise<SessionOutcome> {
  const manner = random.pick<Manner>(['noise', 'before-login', 'after-login', 'after-login', 'after-login']);
  const packets = packetsOf(manner, random, `FUZZ-${number % 500}`);
  const socket = connect({ host: '127.0.0.1', port, localAddress: `127.0.0.${2 + (number % ADDRESSES)}` });
  return new Promise((resolve) => {
    let isStuck = false;
    const limit = setTimeout(() => {
      isStuck = true;
      socket.destroy();
    }, SESSION_LIMIT_MS);
    // The broker cuts whom it does not understand: that is no failure.
    socket.on('error', () => {});
    socket.on('data', () => {});
    socket.once('connect', () => send(socket, packets, random));
    socket.once('close', () => {
      clearTimeout(limit);
      resolve({ packets: packets.length, isStuck });
    });
  });
}

function packetsOf(manner: Manner, random: SeededRandom, clientId: string): Buffer[] {
  const packets = new MqttPackets(random, clientId);
  const change = (packet: Buffer) => (random.chance(0.5) ? mutated(packet, random) : packet);
  if (manner === 'noise') return [random.bytes(random.whole(1, 300))];
  if (manner === 'before-login') return [mutated(packets.connect(), random), packets.any()];
  // Each one is likely to be the last that the broker reads: few in a session, many sessions.
  return [packets.connect(), ...Array.from({ length: random.whole(1, 12) }, () => change(packets.any()))];
}

/** In one piece, or cut anywhere, as TCP may do it. */
function send(socket: Socket, packets: readonly Buffer[], random: SeededRandom): void {
  const bytes = Buffer.concat(packets);
  const cut = random.chance(0.2) ? random.below(bytes.length + 1) : bytes.length;
  socket.setNoDelay(true);
  socket.write(bytes.subarray(0, cut), () => socket.end(bytes.subarray(cut)));
}
