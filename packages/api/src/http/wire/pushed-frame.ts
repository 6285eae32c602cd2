import { type FeatureView, featureType } from "@icecore/feature-registry";
import { z } from "zod";

/** Feast's `df`: values by column. */
export const pushedFrame = z.record(z.string(), z.array(z.unknown()));

/** Without a zone, as Python prints a time that is UTC to Feast. */
const zoneless = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?$/;

/**
 * The frame in our words. Feast's clients leave the zone of a time out where they mean UTC, give a feature that is a
 * timestamp in seconds since 1970, and call the timestamps of a row by Feast's own names, whatever the view's are.
 */
export function framedColumns(
  frame: z.output<typeof pushedFrame>,
  view: FeatureView,
): Readonly<Record<string, readonly unknown[]>> {
  const kinds = new Map([...view.joinKeys, ...view.features].map(({ name, type }) => [name, featureType(type)?.kind]));
  const columns = Object.entries(frame).map(([given, values]) => {
    const name = columnName(given, frame, view);
    const isTime = name === view.timestampField || name === view.createdTimestampColumn;
    return [name, values.map(isTime || kinds.get(name) === "timestamptz" ? zonedTime : (value) => value)];
  });
  return Object.fromEntries(columns);
}

function columnName(given: string, frame: object, { timestampField, createdTimestampColumn }: FeatureView): string {
  if (given === "event_timestamp" && !Object.hasOwn(frame, timestampField)) return timestampField;
  if (given === "created" && !Object.hasOwn(frame, createdTimestampColumn)) return createdTimestampColumn;
  return given;
}

function zonedTime(value: unknown): unknown {
  if (typeof value === "string" && zoneless.test(value)) return `${value}Z`;
  const milliseconds = typeof value === "number" || typeof value === "bigint" ? Number(value) * 1000 : Number.NaN;
  return Math.abs(milliseconds) <= 8.64e15 ? new Date(milliseconds) : value;
}
