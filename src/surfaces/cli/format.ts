const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** How long ago (or how soon) in a few characters; the date when it is more than a month away. */
export function ago(timeMs: number, nowMs: number): string {
  const distance = Math.abs(nowMs - timeMs);
  if (distance > 31 * DAY) return day(timeMs);
  if (distance < MINUTE) return 'just now';
  const [size, unit] = distance < HOUR ? [MINUTE, 'min'] : distance < DAY ? [HOUR, 'h'] : [DAY, 'd'];
  const amount = `${Math.floor(distance / size)} ${unit}`;
  return timeMs > nowMs ? `in ${amount}` : `${amount} ago`;
}

/** `4 May 2026`, in the time zone of the machine. */
export function day(timeMs: number): string {
  return new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric' }).format(timeMs);
}

/** `4 May 2026, 10:12`, in the time zone of the machine. */
export function moment(timeMs: number): string {
  return `${day(timeMs)}, ${clock(timeMs)}`;
}

function clock(timeMs: number): string {
  return new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' }).format(timeMs);
}

/** `512 B`, `1.4 KB`, `23 MB`: powers of 1000, as file managers show them. */
export function bytes(size: number): string {
  const units = ['B', 'KB', 'MB', 'GB', 'TB'];
  let value = size;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${unit === 0 || value >= 9.95 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
}

/** `1 file`, `3 files`. */
export function count(n: number, one: string, many = `${one}s`): string {
  return `${n.toLocaleString('en')} ${n === 1 ? one : many}`;
}

/** `320 ms`, `4.2 s`, `3 min 5 s`. */
export function duration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < MINUTE) return `${(ms / 1000).toFixed(1)} s`;
  return `${Math.floor(ms / MINUTE)} min ${Math.floor((ms % MINUTE) / 1000)} s`;
}

/** `12 of 40`. */
export function outOf(done: number, of: number): string {
  return `${done.toLocaleString('en')} of ${of.toLocaleString('en')}`;
}
