import type { AgentConfig } from '../config.ts';
import { brokerChecks } from './broker-checks.ts';
import { type CheckResult, fail, ok, skipped, warn } from './check-result.ts';
import { radioChecks, softwareCheck } from './machine-checks.ts';
import { recordsText } from './records-text.ts';
import type { HostFacts } from './station.ts';
import { agoText } from './time-text.ts';

const MEBIBYTE = 1024 * 1024;
/** The outbox may grow to 1 GiB; with less room than that a long outage is cut short. */
const ROOM_FOR_OUTBOX_BYTES = 1024 * MEBIBYTE;
/** Less than this is gone in days, and SQLite needs room to work. */
const ROOM_LEAST_BYTES = 64 * MEBIBYTE;

/** Bits of `vcgencmd get_throttled` (Raspberry Pi documentation, vcgencmd): now, and since the boot. */
const UNDER_VOLTAGE_NOW = 1 << 0;
const UNDER_VOLTAGE_SINCE_BOOT = 1 << 16;

/** Everything that is checked without touching a sensor. */
export function hostChecks(facts: HostFacts, config: AgentConfig, wallMs: number): CheckResult[] {
  return [
    softwareCheck(facts.software),
    dataFolderCheck(facts.dataFolder),
    diskCheck(facts.dataFolder),
    outboxCheck(facts.outbox),
    clockCheck(facts, wallMs),
    voltageCheck(facts.throttledBits),
    ...radioChecks(facts.radio),
    ...brokerChecks(facts.reach, facts.login, config),
  ];
}

function dataFolderCheck({ path, isWritable, isOwn }: HostFacts['dataFolder']): CheckResult {
  const check = 'data folder';
  if (!isWritable)
    return fail(
      check,
      `${path} is not writable`,
      'Give it to the user of the agent, or set JOSTLE_DATA_DIR.',
    );
  if (!isOwn)
    return warn(
      check,
      `${path} belongs to another user`,
      'Run this as the user of the agent, so that what is checked is what the agent may do.',
    );
  return ok(check, `${path} is writable`);
}

function diskCheck({ freeBytes }: HostFacts['dataFolder']): CheckResult {
  const check = 'disk space';
  const free = `${Math.floor(freeBytes / MEBIBYTE).toLocaleString('en')} MiB free`;
  if (freeBytes < ROOM_LEAST_BYTES) return fail(check, free, 'Make room: records will soon not be stored.');
  if (freeBytes < ROOM_FOR_OUTBOX_BYTES)
    return warn(check, free, 'Make room: the outbox may need 1,024 MiB in a long outage.');
  return ok(check, free);
}

function outboxCheck(outbox: HostFacts['outbox']): CheckResult {
  const check = 'outbox';
  switch (outbox.kind) {
    case 'sound':
      return ok(check, `sound, ${recordsText(outbox.records)} without a receipt`);
    case 'absent':
      return ok(check, 'not there yet; the agent makes it when it starts');
    case 'in-use':
      return skipped(check, 'the agent has it open, and checks it whenever it starts');
    case 'not-asked':
      return skipped(check, 'only the user of the agent may open it');
    case 'damaged':
      return fail(
        check,
        `damaged: ${outbox.reason}`,
        'Start the agent: it carries what is sound into a new file and sets this one aside. Then try another card.',
      );
  }
}

function clockCheck({ clock, synchronisedAt }: HostFacts, wallMs: number): CheckResult {
  const check = 'clock';
  const fix = 'Give it a network with NTP once, or fit a battery clock: times are not trusted until then.';
  const since = synchronisedAt === null ? '' : `, last set ${agoText(synchronisedAt, wallMs)}`;
  if (clock === 'ntp') return ok(check, `synchronised${since}`);
  if (clock === 'rtc') return ok(check, 'kept by a battery clock');
  return warn(check, 'not synchronised since the boot, and without a battery clock', fix);
}

function voltageCheck(bits: number | null): CheckResult {
  const check = 'supply';
  const fix = 'Use a supply for this Raspberry Pi and a short, thick cable.';
  if (bits === null) return skipped(check, 'this machine has no vcgencmd to ask');
  if (bits & UNDER_VOLTAGE_NOW) return fail(check, 'under-voltage now', fix);
  if (bits & UNDER_VOLTAGE_SINCE_BOOT) return warn(check, 'under-voltage since the last boot', fix);
  return ok(check, 'no under-voltage since the last boot');
}
