import { type FeatureRequest, featureType } from "@icecore/feature-registry";
import { type JsonValue, stringifyJson } from "@icecore/iceberg-catalog";
import type { EntityRows, FieldStatus, OnlineFeatureColumn, OnlineFeatures } from "@icecore/online-sync";
import { isoInstant } from "../../output/iso-8601.ts";
import { feastValues, isPrintable } from "./feast-value.ts";

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
): string | Uint8Array<ArrayBuffer> {
  const keyColumns = new Set(requests.flatMap((request) => request.keyColumns));
  const keys = Object.entries(entities).filter(([name]) => keyColumns.has(name));
  const floats = floatOutputs(requests);
  const timesOf = timesTexts();
  const names = JSON.stringify([...keys, ...columns.map(({ name }) => [name])].map(([name]) => name));
  const results = [
    ...keys.map(([, values]) => entityColumn(values)),
    ...columns.map((column) => featureColumn(column, floats.has(column.name), timesOf(column.eventTimestamps))),
  ];
  const separated = results.flatMap((pieces, index) => (index === 0 ? pieces : [",", ...pieces]));
  return joined([`{"metadata":{"feature_names":${names}},"results":[`, ...separated, "]}"]);
}

/** Up to so many characters, an answer is one text, which Node sends together with its head. */
const mostTextLength = 4096;

/** A long answer is bytes from the start: texts of its length would be most of the garbage of a request. */
function joined(pieces: readonly string[]): string | Uint8Array<ArrayBuffer> {
  const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
  if (length <= mostTextLength) return pieces.join("");
  const bytes = Buffer.allocUnsafe(pieces.reduce((sum, piece) => sum + Buffer.byteLength(piece), 0));
  let at = 0;
  for (const piece of pieces) at += bytes.write(piece, at);
  return bytes;
}

/** A column of the answer, in pieces; values and times are JSON arrays. */
function columnPieces(values: string, statuses: readonly FieldStatus[], times: string): readonly string[] {
  return ['{"values":', values, ',"statuses":', textArray(statuses), ',"event_timestamps":', times, "}"];
}

/** A JSON array of texts in which nothing needs to be escaped. */
function textArray(texts: readonly string[]): string {
  return texts.length === 0 ? "[]" : `["${texts.join('","')}"]`;
}

function entityColumn(values: readonly unknown[]): readonly string[] {
  const isPlain = values.every((value) => typeof value === "number" || typeof value === "string");
  const text = isPlain ? JSON.stringify(values) : stringifyJson(values as JsonValue);
  const statuses = values.map((value) => (value === null ? "NULL_VALUE" : "PRESENT"));
  return columnPieces(text, statuses, textArray(values.map(() => epoch)));
}

function featureColumn({ values, statuses }: OnlineFeatureColumn, isFloat: boolean, times: string): readonly string[] {
  if (values.every(isPrintable)) return columnPieces(feastValues(values, isFloat), statuses, times);
  const printable = values.map((value) => (isPrintable(value) ? value : null));
  const shown = statuses.map((status, row) => (printable[row] === values[row] ? status : "NULL_VALUE"));
  return columnPieces(feastValues(printable, isFloat), shown, times);
}

/** Prints the times of columns; those of a view share theirs, which are printed once. */
function timesTexts(): (times: OnlineFeatureColumn["eventTimestamps"]) => string {
  const known = new Map<OnlineFeatureColumn["eventTimestamps"], string>();
  return (times) => {
    const text =
      known.get(times) ?? textArray(times.map((micros) => (micros === undefined ? epoch : isoInstant(micros))));
    known.set(times, text);
    return text;
  };
}

/** Models ask for the same features again and again, and then these are the same requests. */
const floatsOfRequests = new WeakMap<readonly FeatureRequest[], ReadonlySet<string>>();

function floatOutputs(requests: readonly FeatureRequest[]): ReadonlySet<string> {
  const known = floatsOfRequests.get(requests) ?? findFloats(requests);
  floatsOfRequests.set(requests, known);
  return known;
}

function findFloats(requests: readonly FeatureRequest[]): ReadonlySet<string> {
  const floats = requests
    .flatMap(({ features }) => features)
    .filter(({ feature }) => {
      const type = featureType(feature.type);
      const kind = type?.kind === "list" ? type.element.kind : type?.kind;
      return kind === "float" || kind === "double";
    });
  return new Set(floats.map(({ output }) => output));
}
