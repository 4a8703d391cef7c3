import type { Progress } from './backup-folder.ts';
import type { Terminal } from './terminal.ts';

/** Rows between two looks of a person at the same line. */
const STEP_ROWS = 5000;

/** One line that is overwritten, where a person looks; nothing otherwise. */
export function progressLine(terminal: Terminal): { show: Progress; end(): void } {
  let shown = { table: '', rows: 0 };
  return {
    show(table, rows) {
      if (!terminal.isInteractive || (table === shown.table && rows < shown.rows + STEP_ROWS)) return;
      shown = { table, rows };
      terminal.err(`\r${`${table}: ${rows} rows`.padEnd(50)}`);
    },
    end() {
      if (shown.table !== '') terminal.err(`\r${''.padEnd(50)}\r`);
      shown = { table: '', rows: 0 };
    },
  };
}
