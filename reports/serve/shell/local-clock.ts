/** Spells points in time by the clock on the wall. */
export interface LocalClock {
  /** How long ago while that is short, else the day: `12 min ago`, `yesterday 14:03`, `12 Nov 14:03`, `12 Nov 2025`. */
  ago(at: string): string;
  /** `12 Nov 2026, 14:03:12 GMT+1`. */
  exactly(at: string): string;
  /** `12 Nov`, or `12 Nov 2025` of another year. */
  day(at: string): string;
  /** `14:03`. */
  time(at: string): string;
}

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** The clock of a time zone, this machine's by default, that shows `now` (ms since 1970). What is no time is spelt as it is. */
export function localClock(now: number, timeZone?: string): LocalClock {
  const format = new Intl.DateTimeFormat('en-GB', {
    year: 'numeric',
    month: 'short',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
    timeZoneName: 'short',
    timeZone,
  });
  const partsOf = (ms: number) => Object.fromEntries(format.formatToParts(ms).map(({ type, value }) => [type, value]));
  const dayOf = ({ day, month, year }: Parts) => `${day} ${month} ${year}`;
  const today = partsOf(now);
  // Noon of the day before, whatever the clocks were set to in between.
  const yesterday = partsOf(now - (Number(today.hour) - 12) * 60 * MINUTE_MS - DAY_MS);
  const spelt = (at: string, spell: (parts: Parts, ms: number) => string) => {
    const ms = Date.parse(at);
    return Number.isNaN(ms) ? at : spell(partsOf(ms), ms);
  };
  return {
    ago: (at) =>
      spelt(at, (parts, ms) => {
        const since = now - ms;
        if (since >= 0 && since < MINUTE_MS) return 'just now';
        if (since >= 0 && since < 60 * MINUTE_MS) return `${Math.floor(since / MINUTE_MS)} min ago`;
        const time = `${parts.hour}:${parts.minute}`;
        if (dayOf(parts) === dayOf(today)) return `today ${time}`;
        if (dayOf(parts) === dayOf(yesterday)) return `yesterday ${time}`;
        return parts.year === today.year ? `${parts.day} ${parts.month} ${time}` : dayOf(parts);
      }),
    exactly: (at) =>
      spelt(at, (parts) => {
        const { hour, minute, second, timeZoneName } = parts;
        return `${dayOf(parts)}, ${hour}:${minute}:${second} ${timeZoneName}`;
      }),
    day: (at) => spelt(at, (parts) => (parts.year === today.year ? `${parts.day} ${parts.month}` : dayOf(parts))),
    time: (at) => spelt(at, ({ hour, minute }) => `${hour}:${minute}`),
  };
}

type Parts = Readonly<Record<string, string>>;
