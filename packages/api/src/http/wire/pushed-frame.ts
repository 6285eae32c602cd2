import type { FeatureView } from "@icecore/feature-registry";
import { featureType } from "@icecore/feature-registry";
import { z } from "zod";

/** Feast's `df`: values by column, or one value for a single row. */
export const pushedFrame = z.record(z.string(), z.array(z.unknown()));

/** Without a zone, as Python prints a time that is UTC to Feast. */
const zoneless = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?$/;

/** The frame with a zone for every timestamp: Feast's clients leave it out where they mean UTC. */
export function withZones(
  frame: z.output<typeof pushedFrame>,
  view: FeatureView,
): Readonly<Record<string, readonly unknown[]>> {
  const zoned = new Set([
    view.timestampField,
    view.createdTimestampColumn,
    ...[...view.joinKeys, ...view.features]
      .filter(({ type }) => featureType(type)?.kind === "timestamptz")
      .map(({ name }) => name),
  ]);
  const columns = Object.entries(frame).map(([name, values]) => [
    name,
    zoned.has(name)
      ? values.map((value) => (typeof value === "string" && zoneless.test(value) ? `${value}Z` : value))
      : values,
  ]);
  return Object.fromEntries(columns);
}
