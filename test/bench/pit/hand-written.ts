import type { Session } from "@icecore/iceberg-catalog/duckdb";
import { quotedString } from "@icecore/iceberg-catalog/duckdb";
import { dataFilesPattern, features, spineSql, ttlDays, viewNames, yearBegin, yearMicros } from "./bench-views.ts";

const relation = (folder: string, view: string): string =>
  `read_parquet(${quotedString(dataFilesPattern(folder, view))}, hive_partitioning = false)`;

const loadSpine = (folder: string, rows: number): string =>
  `CREATE TEMP TABLE s AS SELECT row_number() OVER () AS rid, * FROM (${spineSql(folder, rows)})`;

const outputs = viewNames.flatMap((view, index) => features.map((name) => `f${index}.v.${name} AS ${view}__${name}`));

/** One view at a time, joined to the spine at the end: chained joins in one statement take more memory. */
const result = `CREATE TEMP TABLE result AS SELECT s.label, s.user_id, s.event_timestamp, ${outputs.join(", ")} FROM s ${viewNames
  .map((_, index) => `LEFT JOIN f${index} USING (rid)`)
  .join(" ")} ORDER BY s.rid`;

const packed = `{${features.map((name) => `${name}: f.${name}`).join(", ")}}`;

/** Bounds as literals, so that row groups are skipped. */
const visible = `f.event_timestamp <= make_timestamptz(${yearBegin + yearMicros}) AND f.event_timestamp >= make_timestamptz(${yearBegin - BigInt(ttlDays) * 86_400_000_000n})`;

/** What nobody can do without: every column that is needed is read, and the spine is sorted. */
export async function floor(session: Session, folder: string, spineRows: number): Promise<void> {
  await session.run(loadSpine(folder, spineRows));
  const columns = ["user_id", "event_timestamp", "created", ...features];
  for (const view of viewNames) {
    await session.run(`SELECT ${columns.map((name) => `max(${name})`).join(", ")} FROM ${relation(folder, view)}`);
  }
  await session.run("CREATE TEMP TABLE sorted AS SELECT * FROM s ORDER BY user_id, event_timestamp");
}

/** ASOF joins that do not leave it to chance which of two rows of one time they take. */
export async function asofJoins(session: Session, folder: string, spineRows: number): Promise<void> {
  await session.run(loadSpine(folder, spineRows));
  for (const [index, view] of viewNames.entries()) {
    await session.run(`CREATE TEMP TABLE f${index} AS SELECT s.rid, ${packed} AS v FROM s
      ASOF JOIN (SELECT * FROM ${relation(folder, view)} f WHERE ${visible}) f
      ON s.user_id = f.user_id AND (s.event_timestamp, TIMESTAMPTZ '9999-01-01') >= (f.event_timestamp, f.created)
      WHERE f.event_timestamp >= s.event_timestamp - INTERVAL ${ttlDays} DAY`);
  }
  await session.run(result);
}

/** The same, but of each spine row no more than the newest time is joined, and its row is fetched afterwards. */
export async function asofTimes(session: Session, folder: string, spineRows: number): Promise<void> {
  await session.run(loadSpine(folder, spineRows));
  for (const [index, view] of viewNames.entries()) {
    await session.run(`CREATE TEMP TABLE t${index} AS SELECT s.rid, s.user_id, f.event_timestamp FROM s
      ASOF JOIN (SELECT user_id, event_timestamp FROM ${relation(folder, view)} f WHERE ${visible}) f
      ON s.user_id = f.user_id AND s.event_timestamp >= f.event_timestamp
      WHERE f.event_timestamp >= s.event_timestamp - INTERVAL ${ttlDays} DAY`);
    await session.run(fetchTimes(folder, view, index));
  }
  await session.run(result);
}

/** The rows of the times in `t`. */
const fetchTimes = (folder: string, view: string, index: number): string =>
  `CREATE TEMP TABLE f${index} AS SELECT t.rid, arg_max(${packed}, f.created) AS v
    FROM ${relation(folder, view)} f JOIN t${index} t USING (user_id, event_timestamp) WHERE ${visible} GROUP BY t.rid`;

const rangeJoin = (folder: string, view: string): string => `FROM ${relation(folder, view)} f
  JOIN s ON s.user_id = f.user_id AND f.event_timestamp <= s.event_timestamp
    AND f.event_timestamp >= s.event_timestamp - INTERVAL ${ttlDays} DAY
  WHERE ${visible}`;

/** Range joins that keep the newest time of each spine row, and fetch its row afterwards. */
export async function rangeTimes(session: Session, folder: string, spineRows: number): Promise<void> {
  await session.run(loadSpine(folder, spineRows));
  for (const [index, view] of viewNames.entries()) {
    await session.run(`CREATE TEMP TABLE t${index} AS
      SELECT s.rid, any_value(s.user_id) AS user_id, max(f.event_timestamp) AS event_timestamp ${rangeJoin(folder, view)} GROUP BY s.rid`);
    await session.run(fetchTimes(folder, view, index));
  }
  await session.run(result);
}

/** Range joins whose rows are numbered from the newest on, as Feast has it. */
export async function numberedRows(session: Session, folder: string, spineRows: number): Promise<void> {
  await session.run(loadSpine(folder, spineRows));
  for (const [index, view] of viewNames.entries()) {
    await session.run(`CREATE TEMP TABLE f${index} AS SELECT rid, v FROM (
      SELECT s.rid, ${packed} AS v,
        row_number() OVER (PARTITION BY s.rid ORDER BY f.event_timestamp DESC, f.created DESC) AS n ${rangeJoin(folder, view)}
    ) WHERE n = 1`);
  }
  await session.run(result);
}

/** Range joins that keep the newest row of each spine row. */
export async function rangeJoins(session: Session, folder: string, spineRows: number): Promise<void> {
  await session.run(loadSpine(folder, spineRows));
  for (const [index, view] of viewNames.entries()) {
    await session.run(`CREATE TEMP TABLE f${index} AS SELECT s.rid, arg_max(${packed}, (f.event_timestamp, f.created)) AS v
      ${rangeJoin(folder, view)} GROUP BY s.rid`);
  }
  await session.run(result);
}
