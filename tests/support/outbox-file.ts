import Database from 'better-sqlite3';

/** Deletes records from the outbox of an agent that does not run, as a hand with a database tool would. */
export function deleteFromOutbox(path: string, seqs: readonly number[]): void {
  const file = new Database(path);
  try {
    const remove = file.prepare('DELETE FROM record WHERE seq = ?');
    for (const seq of seqs) remove.run(seq);
  } finally {
    file.close();
  }
}
