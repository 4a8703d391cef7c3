/** Findings as they were first computed; a finding never changes, new records and late ones give a new one. */
export interface FindingTables {
  finding: {
    /** SHA-256 over everything that it was computed from, and the version of the method. */
    id: string;
    return_id: string;
    /** ms since the epoch. */
    computed_at: number;
    /** JSON of a Finding. */
    body: string;
  };
}
