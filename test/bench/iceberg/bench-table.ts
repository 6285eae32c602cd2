import { existsSync, mkdirSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  createTable,
  type DataFile,
  encodeValue,
  type FieldId,
  fieldId,
  loadTable,
  localFileIO,
  type PrimitiveType,
  RestCatalog,
  type Schema,
  schemaId,
  specId,
  type Table,
} from "@icecore/iceberg-catalog";
import { openEmbeddedCatalog } from "@icecore/iceberg-catalog/server";

const identifier = { namespace: ["bench"], name: "features" };

const columns: readonly (readonly [string, PrimitiveType])[] = [
  ["entity_id", { kind: "long" }],
  ["event_timestamp", { kind: "timestamptz" }],
  ["created", { kind: "timestamptz" }],
  ...Array.from({ length: 17 }, (_, i) => [`feature_${i}`, { kind: "double" } as PrimitiveType] as const),
];

const schema: Schema = {
  schemaId: schemaId(0),
  identifierFieldIds: [],
  fields: columns.map(([name, type], i) => ({ id: fieldId(i + 1), name, required: i < 2, type })),
};

/** Each commit writes a day and, as late data, the nine days before it: what one day holds is in ten manifests. */
const commits = 100;
const daysPerCommit = 10;
export const firstDay = 19_723;
const microsPerDay = 86_400_000_000n;
const entitiesPerFile = 1000n;

export interface BenchCatalog extends AsyncDisposable {
  readonly catalog: RestCatalog;
  load(): Promise<Table>;
}

/** The embedded catalog in a folder, by the client that everybody uses. */
export async function openCatalog(path: string): Promise<BenchCatalog> {
  const embedded = await openEmbeddedCatalog({ path });
  const catalog = await RestCatalog.connect({ uri: "http://embedded", fetch: embedded.fetch });
  return {
    catalog,
    load: () => loadTable(catalog, identifier, localFileIO()),
    [Symbol.asyncDispose]: () => embedded.close(),
  };
}

/** An ordinary table of so many files that hold nothing: planning reads their manifests alone. Built once. @returns its folder */
export async function benchTable(files: number): Promise<string> {
  // A table's files are where its metadata says: by the one path that all links to the folder lead to.
  const path = join(realpathSync(cacheFolder()), "bench", `${files}-files`);
  const finished = join(path, "finished");
  if (existsSync(finished)) return path;
  rmSync(path, { recursive: true, force: true });
  await using opened = await openCatalog(path);
  let table = await createBenchTable(opened);
  const filesPerDay = files / commits / daysPerCommit;
  for (let commit = 0; commit < commits; commit++) {
    const added = Array.from({ length: daysPerCommit * filesPerDay }, (_, i) =>
      dataFile(table, commit + Math.floor(i / filesPerDay), i % filesPerDay, `${commit}-${i}`),
    );
    table = await table.newTransaction().fastAppend(added).commit();
  }
  writeFileSync(finished, "");
  return path;
}

function cacheFolder(): string {
  const folder = fileURLToPath(new URL("../../../.cache", import.meta.url));
  mkdirSync(folder, { recursive: true });
  return folder;
}

export async function createBenchTable({ catalog }: BenchCatalog): Promise<Table> {
  await catalog.createNamespace(identifier.namespace);
  const partitionSpec = { fields: [{ sourceId: fieldId(2), name: "event_day", transform: { kind: "day" } as const }] };
  // Eight writers on one table meet more conflicts than the four that are tolerated by default.
  const properties = { "commit.retry.num-retries": "1000", "commit.retry.max-wait-ms": "1000" };
  return createTable(catalog, identifier, { schema, partitionSpec, properties }, localFileIO());
}

/** The file of a day that holds the entities from 1000 * `number` on, with the statistics of every column. */
export function dataFile(table: Table, day: number, number: number, name: string): DataFile {
  const from = BigInt(number) * entitiesPerFile;
  const start = BigInt(firstDay + day) * microsPerDay;
  const bounds = (value: (position: number, type: PrimitiveType) => number | bigint): Map<FieldId, Uint8Array> =>
    new Map(
      schema.fields.map(({ id, type }, i) => [id, encodeValue(type as PrimitiveType, value(i, type as PrimitiveType))]),
    );
  const counts = (count: bigint): Map<FieldId, bigint> => new Map(schema.fields.map(({ id }) => [id, count]));
  return {
    content: "data",
    filePath: `${table.metadata.location}/data/event_day=${firstDay + day}/00000-${name}-7d3e4b1c-2f60-4a58-9e17-5b8c0d9a6f24.parquet`,
    fileFormat: "parquet",
    specId: specId(0),
    partition: [firstDay + day],
    recordCount: entitiesPerFile,
    fileSizeInBytes: 1_000_000n + BigInt(number),
    columnSizes: counts(47_000n + BigInt(number)),
    valueCounts: counts(entitiesPerFile),
    nullValueCounts: counts(0n),
    nanValueCounts: new Map(schema.fields.slice(3).map(({ id }) => [id, 0n])),
    lowerBounds: bounds((i) => (i === 0 ? from : i < 3 ? start : -number - i)),
    upperBounds: bounds((i) =>
      i === 0 ? from + entitiesPerFile - 1n : i < 3 ? start + microsPerDay - 1n : number + i / 7,
    ),
    splitOffsets: [4n],
  };
}
