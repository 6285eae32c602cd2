import type { Size } from "./bench-views.ts";

const ofMillions = (name: string, keys: number, featureRows = 10_000_000): Size => ({
  name,
  keys,
  featureRows,
  spineRows: 1_000_000,
});

export const dense: Size = ofMillions("dense", 265);
export const medium: Size = ofMillions("medium", 100_000);
export const sparse: Size = ofMillions("sparse", 1_000_000);

/** Ten times as many feature rows as the sparse size has, for the same keys. */
export const large: Size = ofMillions("large", 1_000_000, 100_000_000);
