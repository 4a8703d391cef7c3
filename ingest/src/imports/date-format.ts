type Part = 'yyyy' | 'MM' | 'dd' | 'HH' | 'mm' | 'ss';

/**
 * Reads a date by a format such as `dd/MM/yyyy HH:mm`; parts that the format lacks are the least.
 *
 * @param timeZone IANA name
 * @returns RFC 3339 in UTC, or undefined where the text does not fit or names no real date
 */
export function readDate(text: string, format: string, timeZone: string): string | undefined {
  const parts: Part[] = [];
  const pattern = format
    .replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')
    .replaceAll(/yyyy|MM|dd|HH|mm|ss/g, (part) => {
      parts.push(part as Part);
      return part === 'yyyy' ? '(\\d{4})' : '(\\d{1,2})';
    });
  const match = new RegExp(`^${pattern}$`).exec(text.trim());
  if (match === null) return undefined;
  const value = (part: Part, least: number) => {
    const position = parts.indexOf(part);
    return position < 0 ? least : Number(match[position + 1]);
  };
  const [year, month, day] = [value('yyyy', 1970), value('MM', 1), value('dd', 1)];
  const [hour, minute, second] = [value('HH', 0), value('mm', 0), value('ss', 0)];
  const local = Date.UTC(year, month - 1, day, hour, minute, second);
  // Date.UTC carries over: 31 February becomes 3 March.
  const isReal = new Date(local).getUTCDate() === day && hour < 24 && minute < 60 && second < 60;
  return isReal && month <= 12 ? new Date(fromLocal(local, timeZone)).toISOString() : undefined;
}

export function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/** The instant at which clocks in the zone show `local`; the second look is for the hours around a change of time. */
function fromLocal(local: number, timeZone: string): number {
  if (timeZone === 'UTC') return local;
  return local - offsetMs(local - offsetMs(local, timeZone), timeZone);
}

// Keyed by time zone: making a formatter costs far more than using one.
const formatters = new Map<string, Intl.DateTimeFormat>();

function offsetMs(instant: number, timeZone: string): number {
  let formatter = formatters.get(timeZone);
  if (formatter === undefined) {
    const numeric = 'numeric' as const;
    formatter = new Intl.DateTimeFormat('en', {
      timeZone,
      hourCycle: 'h23',
      ...{ year: numeric, month: numeric, day: numeric, hour: numeric, minute: numeric, second: numeric },
    });
    formatters.set(timeZone, formatter);
  }
  const shown = new Map(formatter.formatToParts(instant).map(({ type, value }) => [type, Number(value)]));
  const at = (type: Intl.DateTimeFormatPartTypes) => shown.get(type) ?? 0;
  return Date.UTC(at('year'), at('month') - 1, at('day'), at('hour'), at('minute'), at('second')) - instant;
}
