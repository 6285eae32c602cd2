const units = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 } as const;

/** A length of time as people write it: `90s`, `15m`, `36h`, `7d`, `2w`. */
export type Duration = `${number}${keyof typeof units}`;

/** Seconds in a duration; undefined when the text is none. */
export function parseDuration(text: string): number | undefined {
  const match = /^(\d+)([smhdw])$/.exec(text);
  if (match === null) return undefined;
  const seconds = Number(match[1]) * units[match[2] as keyof typeof units];
  return Number.isSafeInteger(seconds) ? seconds : undefined;
}

/** The shortest exact form: 86400 is `1d`, 5400 is `90m`. */
export function formatDuration(seconds: number): string {
  const unit = (["w", "d", "h", "m"] as const).find((u) => seconds > 0 && seconds % units[u] === 0) ?? "s";
  return `${seconds / units[unit]}${unit}`;
}
