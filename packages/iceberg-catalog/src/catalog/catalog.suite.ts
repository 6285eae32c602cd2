import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { timestampMs } from "../spec/ids.ts";
import { tableCreation } from "../spec/table-creation.ts";
import type { TableMetadata } from "../spec/table-metadata.ts";
import { lastAdded } from "../spec/table-update.ts";
import { appendCommit, creationCommit, driversTable } from "../testing/sample-commits.ts";
import type { Catalog } from "./catalog.ts";
import type { Namespace, TableIdentifier } from "./table-identifier.ts";

export interface CatalogUnderTest {
  readonly catalog: Catalog;
  close(): Promise<void>;
}

/** Names that are hard to put into a URL. */
const oddNames = ["with space", "ünï☃", "a.b", "a/b", "100%", "a%2Fb", "q?&#+", "'\"`"] as const;

/** What catalogs of others may see otherwise. */
export type Peculiarity =
  | (typeof oddNames)[number]
  | "namespaces need parents"
  | "a namespace that is not there has no listing"
  | "tables need a namespace"
  | "locations are used once"
  | "purging deletes files"
  | "metadata tells the history"
  | "commits that require nothing never conflict";

/** A table's metadata without what some catalogs stamp into its properties at every turn. */
function unstamped({ properties, ...metadata }: TableMetadata): object {
  return { ...metadata, owner: properties["owner"] };
}

/** What every Catalog promises, but for what `peculiarities` gives a reason not to. */
export function describeCatalog(
  name: string,
  open: () => Promise<CatalogUnderTest>,
  peculiarities: Readonly<Partial<Record<Peculiarity, string>>> = {},
): void {
  const testUnless = (peculiarity: Peculiarity, title: string, work: () => Promise<void>): void => {
    const reason = peculiarities[peculiarity];
    if (reason === undefined) test(title, work);
    else test.skip(`${title}: not here, since ${reason}`, work);
  };
  describe(`Catalog: ${name}`, () => {
    let catalog: Catalog;
    let close: () => Promise<void>;
    let count = 0;
    beforeAll(async () => {
      ({ catalog, close } = await open());
    });
    afterAll(() => close());

    const newNamespace = async (): Promise<Namespace> => {
      const namespace = [`ns${count++}`];
      await catalog.createNamespace(namespace);
      return namespace;
    };
    const newTable = async (): Promise<TableIdentifier> => {
      const identifier = { namespace: await newNamespace(), name: "drivers" };
      await catalog.createTable(identifier, driversTable);
      return identifier;
    };

    describe("namespaces", () => {
      test("are created, described, changed and dropped", async () => {
        await catalog.createNamespace(["life"], { owner: "me", team: "a" });
        expect(await catalog.namespaceExists(["life"])).toBe(true);
        await catalog.updateNamespaceProperties(["life"], { updates: { owner: "you" }, removals: ["team", "absent"] });
        expect(await catalog.loadNamespace(["life"])).toMatchObject({ owner: "you" });
        expect(await catalog.loadNamespace(["life"])).not.toHaveProperty("team");
        await catalog.dropNamespace(["life"]);
        expect(await catalog.namespaceExists(["life"])).toBe(false);
      });

      test("are listed level by level", async () => {
        await catalog.createNamespace(["outer"]);
        await catalog.createNamespace(["outer", "inner"]);
        await catalog.createNamespace(["outer", "inner", "innermost"]);
        await catalog.createNamespace(["outer2"]);
        const top = await catalog.listNamespaces();
        expect(top).toContainEqual(["outer"]);
        expect(top.every((namespace) => namespace.length === 1)).toBe(true);
        expect(await catalog.listNamespaces(["outer"])).toEqual([["outer", "inner"]]);
        expect(await catalog.listNamespaces(["outer", "inner"])).toEqual([["outer", "inner", "innermost"]]);
        expect(await catalog.listNamespaces(["outer2"])).toEqual([]);
      });

      for (const level of oddNames) {
        testUnless(level, `may be called ${level}`, async () => {
          await catalog.createNamespace([level], { level });
          await catalog.createNamespace([level, level]);
          const identifier = { namespace: [level, level], name: level };
          const { metadata } = await catalog.createTable(identifier, driversTable);
          expect(await catalog.loadNamespace([level])).toMatchObject({ level });
          expect((await catalog.loadTable(identifier)).metadata.tableUuid).toBe(metadata.tableUuid);
          expect(await catalog.listTables([level, level])).toEqual([identifier]);
        });
      }

      test.each([[["."]], [[".."]], [[""]], [["a", ".."]], [[]]])("cannot be called %j", async (namespace) => {
        await expect(async () => catalog.createNamespace(namespace)).rejects.toMatchObject({
          code: "INVALID_ARGUMENT",
        });
      });

      test("are not created twice", async () => {
        const namespace = await newNamespace();
        await expect(catalog.createNamespace(namespace)).rejects.toMatchObject({ code: "ALREADY_EXISTS" });
      });

      testUnless("namespaces need parents", "are not created in nowhere", async () => {
        await expect(catalog.createNamespace(["no parent", "a"])).rejects.toMatchObject({
          code: "NAMESPACE_NOT_FOUND",
        });
      });

      testUnless("a namespace that is not there has no listing", "that are not there are not listed", async () => {
        const missing = expect.objectContaining({ code: "NAMESPACE_NOT_FOUND" });
        await expect(catalog.listTables(["nowhere"])).rejects.toEqual(missing);
        await expect(catalog.listNamespaces(["nowhere"])).rejects.toEqual(missing);
      });

      test("that are not there are reported", async () => {
        const missing = expect.objectContaining({ code: "NAMESPACE_NOT_FOUND" });
        await expect(catalog.loadNamespace(["nowhere"])).rejects.toEqual(missing);
        await expect(catalog.dropNamespace(["nowhere"])).rejects.toEqual(missing);
        await expect(catalog.updateNamespaceProperties(["nowhere"], { updates: { a: "b" } })).rejects.toEqual(missing);
      });

      test("with something inside are not dropped", async () => {
        const { namespace } = await newTable();
        await expect(catalog.dropNamespace(namespace)).rejects.toMatchObject({ code: "NAMESPACE_NOT_EMPTY" });
      });
    });

    describe("tables", () => {
      test("are created with ids of the catalog's choice, and loaded as they were created", async () => {
        const identifier = { namespace: await newNamespace(), name: "drivers" };
        const created = await catalog.createTable(identifier, driversTable);
        expect(created.metadata).toMatchObject({
          formatVersion: 2,
          lastColumnId: 2,
          schemas: [
            {
              schemaId: 0,
              fields: [
                { id: 1, name: "driver_id" },
                { id: 2, doc: "when ☃" },
              ],
            },
          ],
          partitionSpecs: [{ specId: 0, fields: [{ sourceId: 2, fieldId: 1000, transform: { kind: "day" } }] }],
          properties: { owner: "rides" },
          snapshots: [],
        });
        expect(await catalog.loadTable(identifier)).toEqual(created);
        expect(await catalog.tableExists(identifier)).toBe(true);
      });

      test("are listed", async () => {
        const namespace = await newNamespace();
        await catalog.createNamespace([...namespace, "inner"]);
        await catalog.createTable({ namespace: [...namespace, "inner"], name: "other" }, driversTable);
        for (const name of ["b", "a", "c"]) await catalog.createTable({ namespace, name }, driversTable);
        expect((await catalog.listTables(namespace)).map((table) => table.name).sort()).toEqual(["a", "b", "c"]);
      });

      test("are not created twice", async () => {
        const identifier = await newTable();
        await expect(catalog.createTable(identifier, driversTable)).rejects.toMatchObject({ code: "ALREADY_EXISTS" });
      });

      test("that are not there are reported", async () => {
        const identifier = { namespace: await newNamespace(), name: "nothing" };
        const missing = expect.objectContaining({ code: "TABLE_NOT_FOUND" });
        expect(await catalog.tableExists(identifier)).toBe(false);
        await expect(catalog.loadTable(identifier)).rejects.toEqual(missing);
        await expect(catalog.dropTable(identifier)).rejects.toEqual(missing);
        await expect(catalog.updateTable(identifier, { requirements: [], updates: [] })).rejects.toEqual(missing);
        await expect(catalog.renameTable(identifier, { ...identifier, name: "x" })).rejects.toEqual(missing);
      });

      test("move to another name and namespace", async () => {
        const from = await newTable();
        const to = { namespace: await newNamespace(), name: "moved" };
        const { metadata } = await catalog.loadTable(from);
        await catalog.renameTable(from, to);
        expect(await catalog.tableExists(from)).toBe(false);
        expect(unstamped((await catalog.loadTable(to)).metadata)).toEqual(unstamped(metadata));
        const other = await newTable();
        await expect(catalog.renameTable(other, to)).rejects.toMatchObject({ code: "ALREADY_EXISTS" });
      });

      testUnless("locations are used once", "that take the name of another never share its location", async () => {
        const identifier = await newTable();
        const first = await catalog.loadTable(identifier);
        await catalog.renameTable(identifier, { ...identifier, name: "moved" });
        const second = await catalog.createTable(identifier, driversTable);
        await catalog.dropTable(identifier);
        const third = await catalog.createTable(identifier, driversTable);
        expect(new Set([first, second, third].map((table) => table.metadata.location)).size).toBe(3);
      });

      test("that were dropped come back by their metadata", async () => {
        const identifier = await newTable();
        const { metadata, metadataLocation } = await catalog.loadTable(identifier);
        await catalog.dropTable(identifier);
        const registered = await catalog.registerTable(identifier, metadataLocation);
        expect(registered.metadataLocation).toBe(metadataLocation);
        expect(unstamped(registered.metadata)).toEqual(unstamped(metadata));
        await expect(catalog.registerTable(identifier, metadataLocation)).rejects.toMatchObject({
          code: "ALREADY_EXISTS",
        });
      });

      testUnless("purging deletes files", "that are purged do not come back", async () => {
        const identifier = await newTable();
        const { metadataLocation } = await catalog.loadTable(identifier);
        await catalog.dropTable(identifier, { purge: true });
        await expect(catalog.registerTable(identifier, metadataLocation)).rejects.toMatchObject({
          code: "FILE_NOT_FOUND",
        });
      });
    });

    describe("commits", () => {
      testUnless("metadata tells the history", "remember where the table came from", async () => {
        const identifier = await newTable();
        const before = await catalog.loadTable(identifier);
        const one = await catalog.updateTable(identifier, appendCommit(before.metadata, 1n));
        expect(one.metadata.metadataLog.at(-1)?.metadataFile).toBe(before.metadataLocation);
        const two = await catalog.updateTable(identifier, appendCommit(one.metadata, 2n));
        expect(two.metadata.snapshots.map(({ snapshotId }) => snapshotId)).toEqual([1n, 2n]);
      });

      test("evolve the table", async () => {
        const identifier = await newTable();
        const before = await catalog.loadTable(identifier);
        const id = 9007199254740993021n;
        const after = await catalog.updateTable(identifier, appendCommit(before.metadata, id));
        expect(after.metadata.currentSnapshotId).toBe(id);
        expect(after.metadataLocation).not.toBe(before.metadataLocation);
        expect(await catalog.loadTable(identifier)).toMatchObject({ metadata: after.metadata });
      });

      test("that require what no longer holds are refused, and nothing changes", async () => {
        const identifier = await newTable();
        const { metadata } = await catalog.loadTable(identifier);
        const winner = await catalog.updateTable(identifier, appendCommit(metadata, 1n));
        await expect(catalog.updateTable(identifier, appendCommit(metadata, 2n))).rejects.toMatchObject({
          code: "COMMIT_CONFLICT",
          retryable: true,
        });
        expect((await catalog.loadTable(identifier)).metadata).toEqual(winner.metadata);
      });

      test("that cannot be applied are refused for good", async () => {
        const identifier = await newTable();
        const { metadata } = await catalog.loadTable(identifier);
        const updates = [{ action: "set-current-schema", schemaId: lastAdded } as const];
        await expect(catalog.updateTable(identifier, { requirements: [], updates })).rejects.toMatchObject({
          code: "INVALID_ARGUMENT",
        });
        expect((await catalog.loadTable(identifier)).metadata).toEqual(metadata);
      });

      test("of eight concurrent writers: one wins each round", async () => {
        const identifier = await newTable();
        for (const round of [1n, 2n, 3n]) {
          const { metadata } = await catalog.loadTable(identifier);
          const outcomes = await Promise.allSettled(
            Array.from({ length: 8 }, (_, i) =>
              catalog.updateTable(identifier, appendCommit(metadata, round * 10n + BigInt(i))),
            ),
          );
          expect(outcomes.filter((outcome) => outcome.status === "fulfilled")).toHaveLength(1);
          const losses = outcomes.flatMap((outcome) => (outcome.status === "rejected" ? [outcome.reason.code] : []));
          expect(losses).toEqual(Array.from({ length: 7 }, () => "COMMIT_CONFLICT"));
        }
      });

      testUnless("tables need a namespace", "put no table into nowhere", async () => {
        const [from, to] = [await newTable(), { namespace: ["nowhere"], name: "t" }];
        const { metadata } = await catalog.loadTable(from);
        const missing = expect.objectContaining({ code: "NAMESPACE_NOT_FOUND" });
        await expect(catalog.createTable(to, driversTable)).rejects.toEqual(missing);
        await expect(catalog.renameTable(from, to)).rejects.toEqual(missing);
        await expect(catalog.updateTable(to, creationCommit(metadata))).rejects.toEqual(missing);
      });

      test("create a table, once", async () => {
        const identifier = { namespace: await newNamespace(), name: "created" };
        const commit = creationCommit((await catalog.loadTable(await newTable())).metadata);
        const created = await catalog.updateTable(identifier, commit);
        expect(created.metadata).toMatchObject({
          currentSnapshotId: 5n,
          tableUuid: "0e3f6d0e-0f6d-4f6b-a9fd-2f8a8f9d1c11",
        });
        await expect(catalog.updateTable(identifier, commit)).rejects.toMatchObject({ code: "ALREADY_EXISTS" });
      });

      test("create a table that was staged, which nobody saw before", async () => {
        const identifier = { namespace: await newNamespace(), name: "staged" };
        const { metadata } = await catalog.stageTable(identifier, driversTable);
        expect(await catalog.tableExists(identifier)).toBe(false);
        const commit = tableCreation(metadata, appendCommit(metadata, 6n).updates);
        await catalog.updateTable(identifier, commit);
        const { tableUuid, location, schemas, partitionSpecs } = metadata;
        expect((await catalog.loadTable(identifier)).metadata).toMatchObject({
          ...{ tableUuid, location, partitionSpecs, currentSnapshotId: 6n },
          properties: { owner: "rides" },
          schemas: schemas.map(({ fields }) => ({ fields })),
        });
        await expect(catalog.updateTable(identifier, commit)).rejects.toMatchObject({ code: "ALREADY_EXISTS" });
        await expect(catalog.stageTable(identifier, driversTable)).rejects.toMatchObject({ code: "ALREADY_EXISTS" });
      });

      test("to several tables happen all or not at all", async () => {
        const [a, b] = [await newTable(), await newTable()];
        const [first, second] = [(await catalog.loadTable(a)).metadata, (await catalog.loadTable(b)).metadata];
        await catalog.commitTransaction([
          { identifier: a, ...appendCommit(first, 1n) },
          { identifier: b, ...appendCommit(second, 2n) },
        ]);
        const afterBoth = (await catalog.loadTable(a)).metadata;
        expect(afterBoth.currentSnapshotId).toBe(1n);
        expect((await catalog.loadTable(b)).metadata.currentSnapshotId).toBe(2n);
        const halfStale = [
          { identifier: a, ...appendCommit(afterBoth, 3n) },
          { identifier: b, ...appendCommit(second, 4n) },
        ];
        await expect(catalog.commitTransaction(halfStale)).rejects.toMatchObject({ code: "COMMIT_CONFLICT" });
        expect((await catalog.loadTable(a)).metadata).toEqual(afterBoth);
      });

      testUnless("commits that require nothing never conflict", "that require nothing all take effect", async () => {
        const identifier = await newTable();
        const set = (name: string) => ({
          requirements: [],
          updates: [{ action: "set-properties", updates: { [name]: "1" } } as const],
        });
        await Promise.all(["a", "b", "c"].map((name) => catalog.updateTable(identifier, set(name))));
        const { metadata } = await catalog.loadTable(identifier);
        expect(metadata.properties).toMatchObject({ a: "1", b: "1", c: "1" });
        expect(metadata.lastUpdatedMs).toBeGreaterThan(timestampMs(0));
      });
    });
  });
}
