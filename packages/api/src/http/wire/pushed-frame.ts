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
  const times = new Set([view.timestampField, view.createdTimestampColumn]);
  for (const { name, type } of [...view.joinKeys, ...view.features]) if (isTime(type)) times.add(name);
  const columns = Object.entries(frame).map(([given, values]) => {
    const name = columnName(given, frame, view);
    return [name, times.has(name) ? values.map(zonedTime) : values];
  });
  return Object.fromEntries(columns);
}

function columnName(given: string, frame: object, { timestampField, createdTimestampColumn }: FeatureView): string {
  if (given === "event_timestamp" && !Object.hasOwn(frame, timestampField)) return timestampField;
  if (given === "created" && !Object.hasOwn(frame, createdTimestampColumn)) return createdTimestampColumn;
  return given;
}

function isTime(name: string): boolean {
  const type = featureType(name);
  return (type?.kind === "list" ? type.element : type)?.kind === "timestamptz";
}

function zonedTime(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(zonedTime);
  if (typeof value === "string" && zoneless.test(value)) return `${value}Z`;
  const milliseconds = typeof value === "number" || typeof value === "bigint" ? Number(value) * 1000 : Number.NaN;
  return Math.abs(milliseconds) <= 8.64e15 ? new Date(milliseconds) : value;
}
