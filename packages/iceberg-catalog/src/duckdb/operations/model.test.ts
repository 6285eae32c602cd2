import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type IcebergErrorCode, isIcebergError } from "../../errors.ts";
import type { Predicate } from "../../expr/predicate.ts";
import { expireSnapshots } from "../../maintenance/expire-snapshots.ts";
import { bucketOf } from "../../spec/bucket-hash.ts";
import { fieldId, type SnapshotId, schemaId, timestampMs } from "../../spec/ids.ts";
import type { PartitionField } from "../../spec/partition-spec.ts";
import type { Table } from "../../table.ts";
import { readChanges } from "../changelog/read-changes.ts";
import { rewriteDataFiles } from "../compaction/rewrite-data-files.ts";
import { listedDeletes } from "../compaction/spent-deletes.ts";
import { quotedString } from "../quote.ts";
import { TableLab } from "../testing/table-lab.ts";
import { appendRows } from "./append-rows.ts";
import { deleteRows } from "./delete-rows.ts";
import { equalityDelete, equalityUpsert } from "./equality-upsert.ts";
import type { WriteMode } from "./isolation.ts";
import { overwritePartitions, overwriteRows } from "./overwrite-rows.ts";
import { upsertRows } from "./upsert-rows.ts";

let lab: TableLab;
beforeAll(async () => {
  lab = await TableLab.open({ threads: 2 });
});
afterAll(() => lab[Symbol.asyncDispose]());

/** A row of the model: what the table should hold, in plain values. */
interface ModelRow {
  readonly id: number;
  readonly part: string | null;
  readonly amount: number | null;
}

type Step =
  | { readonly kind: "append"; readonly rows: readonly ModelRow[] }
  | { readonly kind: "delete"; readonly from: number; readonly to: number; readonly mode: WriteMode }
  | { readonly kind: "delete-nulls"; readonly mode: WriteMode }
  | { readonly kind: "upsert"; readonly rows: readonly ModelRow[]; readonly mode: WriteMode }
  | { readonly kind: "equality-upsert" | "equality-delete"; readonly rows: readonly ModelRow[] }
  | { readonly kind: "overwrite"; readonly from: number; readonly to: number; readonly rows: readonly ModelRow[] }
  | { readonly kind: "overwrite-partitions"; readonly rows: readonly ModelRow[] }
  | { readonly kind: "compact"; readonly minInputFiles: number }
  | { readonly kind: "rename" | "add-column" | "expire" }
  | { readonly kind: "rollback"; readonly back: number };

const row = fc.record<ModelRow>({
  id: fc.integer({ min: 0, max: 12 }),
  part: fc.constantFrom("a", "b", "ü/?", null),
  amount: fc.option(fc.integer({ min: -5, max: 5 })),
});
const rows = fc.array(row, { minLength: 1, maxLength: 6 });
const mode = fc.constantFrom<WriteMode>("copy-on-write", "merge-on-read");
const id = fc.integer({ min: 0, max: 12 });

const of = <const K extends Step["kind"]>(kind: K) => fc.constant(kind);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: of("append"), rows }) },
  { weight: 3, arbitrary: fc.record({ kind: of("delete"), from: id, to: id, mode }) },
  { weight: 1, arbitrary: fc.record({ kind: of("delete-nulls"), mode }) },
  { weight: 3, arbitrary: fc.record({ kind: of("upsert"), rows, mode }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom("equality-upsert", "equality-delete"), rows }) },
  { weight: 1, arbitrary: fc.record({ kind: of("overwrite"), from: id, to: id, rows }) },
  { weight: 1, arbitrary: fc.record({ kind: of("overwrite-partitions"), rows }) },
  { weight: 2, arbitrary: fc.record({ kind: of("compact"), minInputFiles: fc.constantFrom(1, 2) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom("rename", "add-column", "expire") }) },
  { weight: 1, arbitrary: fc.record({ kind: of("rollback"), back: fc.integer({ min: 1, max: 3 }) }) },
);

const partitionings: readonly (readonly Omit<PartitionField, "fieldId">[])[] = [
  [],
  [{ sourceId: fieldId(2), name: "part", transform: { kind: "identity" } }],
  [{ sourceId: fieldId(1), name: "id_bucket", transform: { kind: "bucket", buckets: 3 } }],
  [{ sourceId: fieldId(2), name: "part_trunc", transform: { kind: "truncate", width: 1 } }],
];

/** What a writer is told whose view of the table is too old for what it wants. */
const refusals: readonly IcebergErrorCode[] = [
  "VALIDATION_FAILED",
  "INVALID_ARGUMENT",
  "SNAPSHOT_NOT_FOUND",
  // Files of a state that has expired.
  "FILE_NOT_FOUND",
];

/** A table, several writers that look at it now and then, and what it should hold now and at every snapshot that is left. */
class World {
  /** The table as each writer saw it last. */
  readonly #writers: Table[];
  /** As the writer has it whose turn it is. */
  table: Table;
  now: readonly ModelRow[] = [];
  /** Of `main`, oldest first. */
  history: { readonly snapshotId: SnapshotId; readonly rows: readonly ModelRow[] }[] = [];

  constructor(table: Table) {
    this.table = table;
    this.#writers = [table, table];
  }

  /** What a writer does to the table as it saw it last: refused where others changed what it was computed from. */
  async apply(step: Step, writer: number): Promise<void> {
    this.table = this.#writers[writer] ?? this.table;
    try {
      await this.perform(step);
    } catch (error) {
      if (!isIcebergError(error) || !refusals.includes(error.code)) throw error;
      this.table = await this.table.refresh();
      await this.perform(step);
    }
    this.#writers[writer] = this.table;
    this.table = await this.table.refresh();
  }

  /** The column that is renamed to and fro. */
  get amount(): string {
    return this.table.schema.fields.find(({ id }) => id === fieldId(3))?.name ?? "";
  }

  async perform(step: Step): Promise<void> {
    const before = this.table;
    const { session } = lab;
    switch (step.kind) {
      case "append": {
        this.table = (await appendRows(session, this.table, this.input(step.rows))).table;
        return this.become(before, [...this.now, ...step.rows]);
      }
      case "delete": {
        const { table, rows: gone } = await deleteRows(session, this.table, between(step.from, step.to), step);
        this.table = table;
        const kept = this.now.filter(({ id }) => !(id >= step.from && id <= step.to));
        if (gone > 0n) expect(gone).toBe(BigInt(this.now.length - kept.length));
        return this.become(before, kept);
      }
      case "delete-nulls": {
        const predicate: Predicate = { op: "is-null", column: this.amount };
        this.table = (await deleteRows(session, this.table, predicate, step)).table;
        return this.become(
          before,
          this.now.filter(({ amount }) => amount !== null),
        );
      }
      case "upsert": {
        const given = [...new Map(step.rows.map((row) => [row.id, row])).values()];
        const { mode } = step;
        this.table = (await upsertRows(session, this.table, this.input(given), { on: ["id"], mode })).table;
        const ids = new Set(given.map(({ id }) => id));
        return this.become(before, [...this.now.filter(({ id }) => !ids.has(id)), ...given]);
      }
      case "equality-upsert":
      case "equality-delete": {
        const keys = this.keys();
        const given = [...new Map(step.rows.filter(hasKey).map((row) => [keys.of(row), row])).values()];
        if (given.length === 0) return;
        const gone = new Set(given.map(keys.of));
        const inserted = step.kind === "equality-upsert" ? given : [];
        const { sql } = this.input(given);
        if (step.kind === "equality-upsert") this.table = await equalityUpsert(session, this.table, { sql }, keys);
        else this.table = await equalityDelete(session, this.table, { sql: `SELECT ${keys.on} FROM (${sql})` }, keys);
        return this.become(before, [...this.now.filter((row) => !gone.has(keys.of(row))), ...inserted]);
      }
      case "overwrite": {
        const where = between(step.from, step.to);
        this.table = (await overwriteRows(session, this.table, where, this.input(step.rows))).table;
        return this.become(before, [...this.now.filter(({ id }) => !(id >= step.from && id <= step.to)), ...step.rows]);
      }
      case "overwrite-partitions": {
        this.table = await overwritePartitions(session, this.table, this.input(step.rows));
        const taken = new Set(step.rows.map((row) => this.partition(row)));
        return this.become(before, [...this.now.filter((row) => !taken.has(this.partition(row))), ...step.rows]);
      }
      case "compact":
        this.table = (await rewriteDataFiles(session, this.table, { minInputFiles: step.minInputFiles })).table;
        return this.become(before, this.now);
      case "rename": {
        const from = this.amount;
        const to = from === "amount" ? "total" : "amount";
        this.table = await this.table
          .newTransaction()
          .updateSchema((update) => update.renameColumn(from, to))
          .commit();
        return;
      }
      case "add-column":
        if (this.table.schema.fields.length > 5) return;
        this.table = await this.table
          .newTransaction()
          .updateSchema((update) => update.addColumn(`extra_${this.table.schema.fields.length}`, { kind: "double" }))
          .commit();
        return;
      case "expire": {
        await expireSnapshots(this.table, { retainLast: 2, olderThan: timestampMs(Number.MAX_SAFE_INTEGER) });
        this.table = await this.table.refresh();
        const left = new Set(this.table.metadata.snapshots.map(({ snapshotId }) => snapshotId));
        this.history = this.history.filter(({ snapshotId }) => left.has(snapshotId));
        return;
      }
      case "rollback": {
        const target = this.history.at(-1 - step.back);
        if (target === undefined) return;
        this.table = await this.table.newTransaction().setCurrentSnapshot(target.snapshotId).commit();
        if (this.table === before) return;
        this.history = this.history.slice(0, -step.back);
        this.now = target.rows;
        return;
      }
    }
  }

  become(before: Table, rows: readonly ModelRow[]): void {
    // What changed nothing was right at the moment that the writer saw.
    if (this.table === before) return;
    this.now = rows;
    const snapshotId = this.table.currentSnapshot()?.snapshotId;
    if (snapshotId === undefined || snapshotId === this.history.at(-1)?.snapshotId) return;
    this.history.push({ snapshotId, rows });
  }

  input(given: readonly ModelRow[]) {
    const tuple = ({ id, part, amount }: ModelRow) =>
      `(${id}, ${part === null ? "NULL" : quotedString(part)}, ${amount})`;
    const values = given.map(tuple).join(", ");
    return {
      sql: `SELECT id::BIGINT AS id, part::VARCHAR AS part, amount::INTEGER AS "${this.amount}" FROM (VALUES ${values}) t(id, part, amount)`,
    };
  }

  /** By what an equality delete may tell rows apart: it has to tell the partition. */
  keys(): { readonly on: readonly string[]; readonly of: (row: ModelRow) => string } {
    const byId = (row: ModelRow) => String(row.id);
    const [field] = this.table.spec.fields;
    if (field === undefined || field.name === "id_bucket") return { on: ["id"], of: byId };
    return { on: ["id", "part"], of: (row) => JSON.stringify([row.id, row.part]) };
  }

  partition(row: ModelRow): string {
    const [field] = this.table.spec.fields;
    if (field === undefined) return "";
    if (field.name === "id_bucket") return String(bucketOf({ kind: "int" }, row.id, 3));
    return String(field.name === "part" ? row.part : row.part?.slice(0, 1));
  }
}

/** No key of an upsert is null. */
const hasKey = ({ part }: ModelRow): boolean => part !== null;

const between = (from: number, to: number): Predicate => ({
  op: "and",
  left: { op: "gt-eq", column: "id", value: from },
  right: { op: "lt-eq", column: "id", value: to },
});

const canonical = (found: readonly unknown[]): readonly string[] => found.map((row) => JSON.stringify(row)).sort();

const asRead = ({ id, part, amount }: ModelRow) => [String(id), part, amount];

async function rowsAt(world: World, snapshotId?: SnapshotId): Promise<readonly string[]> {
  const read = await lab.rows(world.table, { snapshotId });
  return canonical(read.map((row) => [String(row["id"]), row["part"], row["amount"] ?? row["total"] ?? null]));
}

/** What is in `after` and not in `before`, and the other way round, as often as there are more of it. */
function difference(before: readonly ModelRow[], after: readonly ModelRow[]): readonly string[] {
  const net = new Map<string, number>();
  const add = (row: ModelRow, by: number) => {
    const key = JSON.stringify(asRead(row));
    net.set(key, (net.get(key) ?? 0) + by);
  };
  for (const row of before) add(row, -1);
  for (const row of after) add(row, 1);
  const changes = [...net].flatMap(([key, count]) =>
    Array.from({ length: Math.abs(count) }, () => [count > 0 ? "INSERT" : "DELETE", ...JSON.parse(key)]),
  );
  return canonical(changes);
}

async function changesSince(world: World, from: SnapshotId): Promise<readonly string[]> {
  const changes = await readChanges(lab.session, world.table, { from, net: "range" });
  const found: unknown[] = [];
  for await (const batch of changes.batches()) {
    for (const row of batch) {
      const { id, part, _change_type: type } = row.toJSON();
      found.push([type, String(id), part, row.toJSON()[world.amount]]);
    }
  }
  return canonical(found);
}

const history = fc.record({
  partitioning: fc.constantFrom(...partitionings),
  steps: fc.array(fc.tuple(step, fc.integer({ min: 0, max: 1 })), { minLength: 1, maxLength: 12 }),
});

it("a table holds what a naive model holds, now and at every snapshot, whatever was done to it", async () => {
  const attempt = async ({
    partitioning,
    steps,
  }: {
    partitioning: (typeof partitionings)[number];
    steps: [Step, number][];
  }) => {
    const schema = {
      schemaId: schemaId(0),
      identifierFieldIds: [],
      fields: [
        { id: fieldId(1), name: "id", required: true, type: { kind: "long" } },
        { id: fieldId(2), name: "part", required: false, type: { kind: "string" } },
        { id: fieldId(3), name: "amount", required: false, type: { kind: "int" } },
      ],
    } as const;
    const world = new World(await lab.createTable({ schema, partitionSpec: { fields: partitioning } }));
    for (const [step, writer] of steps) {
      await world.apply(step, writer);
      expect(await rowsAt(world)).toEqual(canonical(world.now.map(asRead)));
    }
    const head = world.table.currentSnapshot();
    if (head !== undefined) {
      const { table } = await rewriteDataFiles(lab.session, world.table, { rewriteAll: true });
      expect(await rowsAt({ ...world, table } as World)).toEqual(canonical(world.now.map(asRead)));
      expect(await listedDeletes(table, table.currentSnapshot() ?? head)).toEqual([]);
    }
    for (const { snapshotId, rows } of world.history) {
      expect(await rowsAt(world, snapshotId)).toEqual(canonical(rows.map(asRead)));
      expect(await changesSince(world, snapshotId)).toEqual(difference(rows, world.now));
    }
  };
  await fc.assert(fc.asyncProperty(history, attempt), { numRuns: 20 });
}, 120_000);
