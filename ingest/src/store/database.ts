import type { BootTables } from '../boot-time/boot-tables.ts';
import type { CompletenessTables } from '../completeness/completeness-tables.ts';
import type { FindingTables } from '../finding/finding-tables.ts';
import type { InboxTables } from '../inbox/inbox-tables.ts';
import type { LedgerTables } from '../ledger/ledger-tables.ts';
import type { TelemetryTables } from '../telemetry/telemetry-tables.ts';

/** Every table of the store; each area declares its own. */
export interface Database
  extends LedgerTables,
    InboxTables,
    TelemetryTables,
    FindingTables,
    BootTables,
    CompletenessTables {}
