/** Times are ms since the epoch. */
export interface KeepingTables {
  /** Work that one ingest at a time does; times are those of the database. */
  lease: { name: string; holder: string; expires_at: number };
  /** Comparisons of the inbox with the telemetry store, waiting, running and done. */
  reconciliation: {
    id: string;
    requested_at: number;
    /** Its ReconciliationReport as JSON; the state is in there, too. */
    report: string;
    /** Null until it is ended. */
    ended_at: number | null;
  };
}
