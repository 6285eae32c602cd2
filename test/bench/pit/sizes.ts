import type { Size } from "./bench-views.ts";

const millions = (keys: number, name: string): Size => ({
  name,
  keys,
  featureRows: 10_000_000,
  spineRows: 1_000_000,
});

export const sizes: readonly Size[] = [
  millions(265, "dense"),
  millions(100_000, "medium"),
  millions(1_000_000, "sparse"),
];

/** Ten times as many feature rows as the medium size has, and as many keys to a row of the spine. */
export const large: Size = { name: "large", keys: 1_000_000, featureRows: 100_000_000, spineRows: 1_000_000 };
