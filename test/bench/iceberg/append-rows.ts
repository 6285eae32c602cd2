import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type CreateTableRequest,
  createTable,
  fieldId,
  localFileIO,
  type PrimitiveType,
  RestCatalog,
  schemaId,
  sortOrderId,
} from "@icecore/iceberg-catalog";
import { appendRows, Database, quotedString, type Session } from "@icecore/iceberg-catalog/duckdb";
import { openEmbeddedCatalog } from "@icecore/iceberg-catalog/server";

/** Milliseconds of each round, ours and DuckDB's own COPY of the same rows in the same layout. */
export interface Appending {
  readonly layout: string;
  readonly ours: readonly number[];
  readonly copy: readonly number[];
}

const rows = 5_000_000;
const rounds = 3;

const columns: readonly (readonly [name: string, kind: PrimitiveType["kind"], sql: string])[] = [
  ["entity_id", "long", "(hash(range) % 100000)::BIGINT"],
  ["event_timestamp", "timestamptz", "make_timestamptz(1704067200000000 + range * 1000000)"],
  ["created", "timestamptz", "make_timestamptz(1704067200000000 + range * 1000000)"],
  ["score", "double", "random()"],
  ["ratio", "float", "random()::FLOAT"],
  ["count", "int", "(hash(range + 1) % 1000)::INTEGER"],
  ["category", "string", "'category ' || (hash(range + 2) % 50)"],
];

const schema = {
  schemaId: schemaId(0),
  identifierFieldIds: [],
  fields: columns.map(([name, kind], i) => ({
    id: fieldId(i + 1),
    name,
    required: false,
    type: { kind } as PrimitiveType,
  })),
};

const byMonth = { fields: [{ sourceId: fieldId(2), name: "month", transform: { kind: "month" } as const }] };
const byEntity = {
  orderId: sortOrderId(1),
  fields: [
    { sourceId: fieldId(1), transform: { kind: "identity" }, direction: "asc", nullOrder: "nulls-first" },
    { sourceId: fieldId(2), transform: { kind: "identity" }, direction: "asc", nullOrder: "nulls-first" },
  ],
} as const;

// As Icecore writes by default.
const options = "FORMAT parquet, COMPRESSION zstd, PARQUET_VERSION v1";
const month = "month(event_timestamp) AS month";

const layouts: readonly (readonly [name: string, request: CreateTableRequest, copy: (to: string) => string])[] = [
  ["one partition, in no order", { schema }, (to) => `COPY rows TO ${quotedString(`${to}.parquet`)} (${options})`],
  [
    "by month, sorted by entity and time",
    { schema, partitionSpec: byMonth, sortOrder: byEntity },
    (to) =>
      `COPY (SELECT *, ${month} FROM rows ORDER BY month, entity_id, event_timestamp) TO ${quotedString(to)} (${options}, PARTITION_BY (month))`,
  ],
];

const directory = await mkdtemp(join(tmpdir(), "icecore-bench-"));
const embedded = await openEmbeddedCatalog({ path: join(directory, "catalog") });
const catalog = await RestCatalog.connect({ uri: "http://embedded", fetch: embedded.fetch });
await catalog.createNamespace(["bench"]);
const database = await Database.open();
const session = await database.connect();
const select = columns.map(([name, , sql]) => `${sql} AS ${name}`).join(", ");
await session.run(`CREATE TEMP TABLE rows AS SELECT ${select} FROM range(${rows})`);
const measured: Appending[] = [];
for (const layout of layouts) measured.push(await measure(session, ...layout));
console.log(JSON.stringify(measured));
await database[Symbol.asyncDispose]();
await embedded.close();
await rm(directory, { recursive: true });

async function measure(
  session: Session,
  layout: string,
  request: CreateTableRequest,
  copy: (to: string) => string,
): Promise<Appending> {
  const [ours, theirs]: [number[], number[]] = [[], []];
  const identifier = { namespace: ["bench"], name: `t${measured.length}` };
  let table = await createTable(catalog, identifier, request, localFileIO());
  for (let round = 0; round < rounds; round++) {
    theirs.push(await timed(() => session.run(copy(join(directory, `copy-${measured.length}-${round}`)))));
    ours.push(
      await timed(async () => {
        table = (await appendRows(session, table, { sql: "SELECT * FROM rows" })).table;
      }),
    );
  }
  return { layout, ours, copy: theirs };
}

async function timed(action: () => Promise<void>): Promise<number> {
  const start = performance.now();
  await action();
  return performance.now() - start;
}
