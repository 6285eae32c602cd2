import { instantText } from "../instant-text.ts";
import type { JoinStrategy } from "./choose-strategy.ts";
import type { PointInTimePlan, ViewPlan } from "./point-in-time-plan.ts";
import type { KeyValues, SlotSet } from "./slot-set.ts";
import type { TimeRange } from "./visible-window.ts";

/** A plan for people: of each view what is read, what is pruned and why, the join and why, and what was found if it has run. */
export function explainPlan(plan: PointInTimePlan): string {
  const { spine, slotSets, views, actual, filterByCreatedTimestamp } = plan;
  const cut = filterByCreatedTimestamp ? ", each seeing only what had been created by its time" : "";
  return [
    `point-in-time join of ${counted(spine.rows, "spine row")}${spine.range === undefined ? "" : ` from ${between(spine.range)}`}${cut}`,
    ...slotSets.filter(({ keyColumns }) => keyColumns.length > 0).map(explainKeys),
    ...views.flatMap((view, index) => explainView(view, slotSets[view.slotSet], actual?.views[index])),
  ].join("\n");
}

function explainKeys({ keyColumns, keys, rowsPerKey }: SlotSet): string {
  return `  by ${keyColumns.join(", ")}: about ${counted(keys, "key")}, ${rowsPerKey.toFixed(1)} rows for the key of a row`;
}

function explainView(
  view: ViewPlan,
  set: SlotSet | undefined,
  actual: { readonly matched: bigint; readonly answered: bigint } | undefined,
): readonly string[] {
  const { request, snapshotId, report, rows, visibleRows, strategy } = view;
  const { files, bytes, manifests } = report;
  return [
    `  ${request.name} at snapshot ${snapshotId ?? "none"}`,
    `    reads ${counted(files.kept, "data file")}, ${size(bytes.kept)}; pruned: ${counted(files.pruned, "data file")}, ${size(bytes.pruned)}, and ${manifests.skipped} of ${counted(manifests.total, "manifest")} unread`,
    `    because only rows matter ${[
      ...(view.window === undefined ? [] : [`from ${between(view.window)}`]),
      ...(set === undefined ? [] : set.keyColumns.flatMap((column, index) => explainValues(column, set.values[index]))),
    ].join(", ")}`,
    explainColumns(view),
    `    ${strategy.name}${explainPasses(strategy, set)}: ${strategy.why}`,
    `    estimated: ${counted(visibleRows, "visible row")} of ${rows} in the files${actual === undefined ? "" : `; found: ${counted(actual.matched, "row")} that match first, ${counted(actual.answered, "lookup")} answered`}`,
  ];
}

/** Parquet's columns are read apart: those that nobody asked for cost nothing. */
function explainColumns({ request, schema }: ViewPlan): string {
  const { joinKeys, timestampField, createdTimestampColumn } = request.view;
  const features = request.features.map(({ feature }) => feature.name);
  const read = [...joinKeys.map(({ name }) => name), timestampField, createdTimestampColumn, ...features];
  const others = schema.fields.map(({ name }) => name).filter((name) => !read.includes(name));
  const unread = others.length === 0 ? "" : `; not read: ${others.join(", ")}`;
  return `    columns: ${[...new Set(read)].join(", ")}${unread}`;
}

function explainPasses(strategy: JoinStrategy, set: SlotSet | undefined): string {
  if (strategy.name === "nothing" || strategy.passes === 1) return "";
  return ` in ${strategy.passes} parts by ${set?.keyColumns.length === 0 ? "time" : "key hash"}`;
}

function explainValues(column: string, values: KeyValues | undefined): readonly string[] {
  switch (values?.kind) {
    case undefined:
      return [];
    case "few":
      return [`with one of ${counted(values.values.length, "value")} of ${column}`];
    case "range":
      return [`with ${column} between ${String(values.from)} and ${String(values.to)}`];
  }
}

const between = ({ fromMicros, toMicros }: TimeRange): string =>
  `${instantText(fromMicros)} to ${instantText(toMicros)}`;

const counted = (count: bigint | number, noun: string): string => `${count} ${noun}${BigInt(count) === 1n ? "" : "s"}`;

function size(bytes: bigint): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  const power = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, Number(bytes))) / 3));
  return `${(Number(bytes) / 1000 ** power).toFixed(power === 0 ? 0 : 1)} ${units[power]}`;
}
