import type { ErrorCode, ImportKind, ImportReport, RowProblem } from '@jostle/contracts';

const PROBLEMS_MAX = 1000;
const LINES_PER_EXCLUSION = 20;

/** What is known of one import while it runs and after. Each row ends in exactly one of its three counts. */
export class ImportRecord {
  readonly #start: Pick<ImportReport, 'id' | 'kind' | 'isPartial' | 'bytes'>;
  #state: ImportReport['state'] = 'running';
  #bytesRead = 0;
  #rows = 0;
  #importedRows = 0;
  #excludedRows = 0;
  #unchanged = 0;
  // Lines of rows that were refused; one line may have several problems.
  readonly #refusedLines = new Set<number>();
  // Keyed by table.
  readonly #created: Record<string, number> = {};
  // Keyed by reason.
  readonly #exclusions = new Map<string, { rows: number; lines: number[] }>();
  readonly #problems: RowProblem[] = [];

  constructor(id: string, kind: ImportKind, isPartial: boolean, bytes: number) {
    this.#start = { id, kind, isPartial, bytes };
  }

  get hasRefusals(): boolean {
    return this.#refusedLines.size > 0;
  }

  read(bytesRead: number): void {
    this.#bytesRead = bytesRead;
  }

  countRow(): void {
    this.#rows += 1;
  }

  exclude(line: number, because: string): void {
    this.#excludedRows += 1;
    const exclusion = this.#exclusions.get(because) ?? { rows: 0, lines: [] };
    exclusion.rows += 1;
    if (exclusion.lines.length < LINES_PER_EXCLUSION) exclusion.lines.push(line);
    this.#exclusions.set(because, exclusion);
  }

  refuse(line: number, code: ErrorCode, message: string, column: string | null = null): void {
    this.refuseWith({ line, column, code, message });
  }

  refuseWith(problem: RowProblem): void {
    this.#refusedLines.add(problem.line);
    if (this.#problems.length < PROBLEMS_MAX) this.#problems.push(problem);
  }

  create(table: string, count: number): void {
    this.#created[table] = (this.#created[table] ?? 0) + count;
  }

  keep(rows: number, unchangedEntries: number): void {
    this.#importedRows += rows;
    this.#unchanged += unchangedEntries;
  }

  finish(): void {
    this.#state = 'done';
  }

  /** Nothing was written, whatever was counted on the way. */
  abandon(): void {
    this.#state = 'refused';
    this.#importedRows = 0;
    this.#unchanged = 0;
    for (const table of Object.keys(this.#created)) delete this.#created[table];
  }

  report(): ImportReport {
    return {
      ...this.#start,
      state: this.#state,
      bytesRead: this.#bytesRead,
      rows: this.#rows,
      created: { ...this.#created },
      unchanged: this.#unchanged,
      importedRows: this.#importedRows,
      excludedRows: this.#excludedRows,
      refusedRows: this.#refusedLines.size,
      exclusions: [...this.#exclusions].map(([because, exclusion]) => ({ because, ...exclusion })),
      problems: this.#problems.toSorted((a, b) => a.line - b.line),
    };
  }
}
