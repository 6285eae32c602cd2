import { type FeatureRequest, featureType } from "@icecore/feature-registry";
import { type JsonValue, stringifyJson } from "@icecore/iceberg-catalog";
import type { EntityRows, FieldStatus, OnlineFeatureColumn, OnlineFeatures } from "@icecore/online-sync";
import { isoInstant } from "../../output/iso-8601.ts";
import { feastValue } from "./feast-value.ts";

/** A column of the answer, as JSON texts. */
interface WireColumn {
  readonly name: string;
  readonly values: readonly string[];
  readonly statuses: readonly FieldStatus[];
  readonly eventTimestamps: readonly string[];
}

/** When what has no time of its own happened. */
const epoch = isoInstant(0n);

/**
 * Prints Feast's `GetOnlineFeaturesResponse`: `results[i]` is the column of `feature_names[i]`; first the join keys, as
 * they were sent, then the features in the order they were asked for.
 *
 * NaN and the infinities become null with status `NULL_VALUE`: Feast's own server fails on them, its clients cannot take
 * a null that is `PRESENT`, and a string would turn a numeric feature into text.
 */
export function onlineResponse(
  requests: readonly FeatureRequest[],
  entities: EntityRows,
  { columns }: OnlineFeatures,
): string {
  const keyColumns = new Set(requests.flatMap((request) => request.keyColumns));
  const floats = floatOutputs(requests);
  const all = [
    ...Object.entries(entities)
      .filter(([name]) => keyColumns.has(name))
      .map(([name, values]) => entityColumn(name, values)),
    ...columns.map((column) => featureColumn(column, floats.has(column.name))),
  ];
  const names = JSON.stringify(all.map(({ name }) => name));
  return `{"metadata":{"feature_names":${names}},"results":[${all.map(columnText).join(",")}]}`;
}

function columnText({ values, statuses, eventTimestamps }: WireColumn): string {
  const rest = `"statuses":${JSON.stringify(statuses)},"event_timestamps":${JSON.stringify(eventTimestamps)}`;
  return `{"values":[${values.join(",")}],${rest}}`;
}

function entityColumn(name: string, values: readonly unknown[]): WireColumn {
  return {
    name,
    values: values.map((value) => stringifyJson(value as JsonValue)),
    statuses: values.map((value) => (value === null ? "NULL_VALUE" : "PRESENT")),
    eventTimestamps: values.map(() => epoch),
  };
}

function featureColumn(column: OnlineFeatureColumn, isFloat: boolean): WireColumn {
  const texts = column.values.map((value) => (value === null ? undefined : feastValue(value, isFloat)));
  return {
    name: column.name,
    values: texts.map((text) => text ?? "null"),
    statuses: column.statuses.map((status, row) =>
      status === "PRESENT" && texts[row] === undefined ? "NULL_VALUE" : status,
    ),
    eventTimestamps: column.eventTimestamps.map((micros) => (micros === undefined ? epoch : isoInstant(micros))),
  };
}

function floatOutputs(requests: readonly FeatureRequest[]): ReadonlySet<string> {
  const floats = requests
    .flatMap(({ features }) => features)
    .filter(({ feature }) => {
      const kind = featureType(feature.type)?.kind;
      return kind === "float" || kind === "double";
    });
  return new Set(floats.map(({ output }) => output));
}
