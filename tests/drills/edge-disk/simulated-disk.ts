import type { SeededRandom } from '../support/seeded-random.ts';
import type { Operation } from './write-log.ts';

/** The smallest piece of a disk that is written whole or not at all, bytes. */
const SECTOR = 512;

type Change = Extract<Operation, { kind: 'write' | 'truncate' }>;
type Naming = Extract<Operation, { kind: 'create' | 'unlink' | 'rename' }>;

interface File {
  /** What a power cut cannot take. */
  durable: Buffer;
  /** Since the last sync of this file, in order. */
  pending: Change[];
}

/**
 * A disk that keeps what was synced. Of all else a power cut leaves any part: a write that was not synced is torn at any
 * sector, comes before an earlier one, or not at all. Names are kept in the order of a journal: each sync keeps all that
 * were given before it; of the later ones a cut leaves the first few.
 */
export class SimulatedDisk {
  /** Keyed by path: as the running process sees them. */
  readonly #files = new Map<string, File>();
  /** Keyed by path: what a cut leaves of the names. */
  #named = new Map<string, File>();
  #pendingNames: Naming[] = [];

  apply(operation: Operation): void {
    if (operation.kind === 'said') return;
    if (operation.kind === 'sync') this.#sync(operation.path);
    else if (operation.kind === 'write' || operation.kind === 'truncate')
      this.#files.get(operation.path)?.pending.push(operation);
    else if (operation.kind !== 'create' || !this.#files.has(operation.path)) {
      if (operation.kind === 'create')
        this.#created.set(operation, { durable: Buffer.alloc(0), pending: [] });
      this.#pendingNames.push(operation);
      this.#name(this.#files, operation);
    }
  }

  /** What lies on the disk after a cut at this moment. Keyed by path. */
  afterCut(random: SeededRandom): Map<string, Buffer> {
    const names = new Map(this.#named);
    for (const operation of this.#pendingNames.slice(0, random.below(this.#pendingNames.length + 1)))
      this.#name(names, operation);
    // How much of what was pending got through: mostly nothing or all, sometimes anything.
    const share = random.pick([0, 1, random.next(), random.next()]);
    return new Map([...names].map(([path, file]) => [path, torn(file, share, random)]));
  }

  /** Keyed by the operation that made it: the same file for those who see it now and those who see it after a cut. */
  readonly #created = new Map<Naming, File>();

  #name(names: Map<string, File>, operation: Naming): void {
    if (operation.kind === 'create') {
      const file = this.#created.get(operation);
      if (file !== undefined) names.set(operation.path, file);
      return;
    }
    const file = names.get(operation.path);
    names.delete(operation.path);
    if (operation.kind === 'rename' && file !== undefined) names.set(operation.to, file);
  }

  #sync(path: string): void {
    const file = this.#files.get(path);
    if (file !== undefined) {
      if (file.pending.length > 0) file.durable = changed(file.durable, file.pending);
      file.pending = [];
    }
    this.#named = new Map(this.#files);
    this.#pendingNames = [];
    this.#created.clear();
  }
}

/** A copy with the changes, in their order. */
function changed(bytes: Buffer, changes: readonly Change[]): Buffer {
  const ends = changes.map((change) =>
    change.kind === 'write' ? change.at + change.bytes.length : change.size,
  );
  const room = Buffer.alloc(Math.max(bytes.length, ...ends));
  bytes.copy(room);
  let size = bytes.length;
  for (const change of changes) {
    if (change.kind === 'truncate') {
      room.fill(0, change.size, Math.max(size, change.size));
      size = change.size;
    } else {
      change.bytes.copy(room, change.at);
      size = Math.max(size, change.at + change.bytes.length);
    }
  }
  return room.subarray(0, size);
}

/** @param share of the pending sectors that got through */
function torn({ durable, pending }: File, share: number, random: SeededRandom): Buffer {
  if (share === 0) return durable;
  if (share === 1) return changed(durable, pending);
  const through = pending
    .flatMap((change) => (change.kind === 'truncate' ? [change] : sectorsOf(change)))
    .filter(() => random.next() < share);
  return changed(durable, through);
}

/** The pieces of a write that get through on their own: it is cut where sectors of the disk meet. */
function sectorsOf({ path, at, bytes }: Extract<Change, { kind: 'write' }>): Change[] {
  const pieces: Change[] = [];
  for (let from = 0; from < bytes.length; ) {
    const to = Math.min(bytes.length, from + SECTOR - ((at + from) % SECTOR));
    pieces.push({ kind: 'write', path, at: at + from, bytes: bytes.subarray(from, to) });
    from = to;
  }
  return pieces;
}
