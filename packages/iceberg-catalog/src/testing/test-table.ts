import type { FileIO } from "../io/file-io.ts";
import { memoryFileIO } from "../io/memory.ts";
import { fieldId, schemaId, specId } from "../spec/ids.ts";
import type { DataFile } from "../spec/manifest.ts";
import type { Schema } from "../spec/schema.ts";
import { encodeValue } from "../spec/values.ts";
import { createTable, type Table } from "../table.ts";
import { type FaultyCatalog, openFaultyCatalog } from "./faulty-catalog.ts";
import { TestEnvironment } from "./test-environment.ts";

const identifier = { namespace: ["flights"], name: "delays" };

const schema: Schema = {
  schemaId: schemaId(0),
  identifierFieldIds: [],
  fields: [
    { id: fieldId(1), name: "id", required: true, type: { kind: "long" } },
    { id: fieldId(2), name: "carrier", required: false, type: { kind: "string" } },
  ],
};

export interface TestTable {
  readonly table: Table;
  readonly catalog: FaultyCatalog;
  readonly environment: TestEnvironment;
  /** What was written through the table's own FileIO and not deleted. */
  readonly locations: Set<string>;
}

/** An empty table, `id long, carrier string`, partitioned by carrier, in memory. */
export async function testTable(properties: Readonly<Record<string, string>> = {}): Promise<TestTable> {
  const environment = new TestEnvironment();
  const locations = new Set<string>();
  const io = memoryFileIO();
  const catalog = await openFaultyCatalog(io, environment);
  await catalog.catalog.createNamespace(identifier.namespace);
  const partitionSpec = {
    fields: [{ sourceId: fieldId(2), name: "carrier", transform: { kind: "identity" } as const }],
  };
  const request = { schema, partitionSpec, properties, location: "memory://delays" };
  const table = await createTable(catalog.catalog, identifier, request, watched(io, locations));
  return { table, catalog, environment, locations };
}

/** A data file of ids from `from` to `to`. */
export function dataFile(name: string, carrier: string | null, from = 0n, to = from): DataFile {
  return {
    content: "data",
    filePath: `memory://delays/data/${name}.parquet`,
    fileFormat: "parquet",
    specId: specId(0),
    partition: [carrier],
    recordCount: 10n,
    fileSizeInBytes: 1000n,
    lowerBounds: new Map([[fieldId(1), encodeValue({ kind: "long" }, from)]]),
    upperBounds: new Map([[fieldId(1), encodeValue({ kind: "long" }, to)]]),
  };
}

/** The names of the live data files that a reader of the ref sees, sorted. */
export async function liveFiles(table: Table, ref?: string): Promise<readonly string[]> {
  const options = ref === undefined ? {} : { snapshotId: table.snapshotByRef(ref).snapshotId };
  const { tasks } = await table.scan(options).plan();
  return tasks.map((task) => task.dataFile.filePath.replace(/^.*\/(.*)\.parquet$/, "$1")).sort();
}

/** The names of the files that are there, without their folders, of those that end like this. */
export function fileNames(locations: Iterable<string>, ending: string): readonly string[] {
  return [...locations]
    .filter((location) => location.endsWith(ending))
    .map((location) => location.replace(/^.*\//, ""));
}

function watched(io: FileIO, locations: Set<string>): FileIO {
  return {
    ...io,
    write: async (location, bytes) => {
      await io.write(location, bytes);
      locations.add(location);
    },
    delete: async (location) => {
      await io.delete(location);
      locations.delete(location);
    },
  };
}
