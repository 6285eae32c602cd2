/** Microseconds since 1970 as ISO 8601; beyond what a Date holds, the microseconds themselves. */
export function instantText(micros: bigint): string {
  const date = new Date(Number(micros / 1000n));
  return Number.isNaN(date.getTime()) ? `${micros} us` : date.toISOString();
}
