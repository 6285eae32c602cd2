const units = ["B", "kB", "MB", "GB", "TB"] as const;

/** `13.4 MB` */
export function formatBytes(bytes: bigint | number): string {
  let value = Number(bytes);
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${unit === 0 ? value : value.toFixed(1)} ${units[unit]}`;
}

/** `1,234,567` */
export function formatCount(count: bigint | number): string {
  return count.toLocaleString("en-US");
}

/** `2026-01-31 12:00:00Z` */
export function formatTime(time: Date): string {
  return time
    .toISOString()
    .replace("T", " ")
    .replace(/\.\d+Z$/, "Z");
}

/** `rows`, or `row` for one of them. */
export function plural(count: bigint | number, noun: string, many = `${noun}s`): string {
  return `${formatCount(count)} ${Number(count) === 1 ? noun : many}`;
}
