import { expect, it } from "vitest";
import { alwaysTrue } from "../expr/predicate.ts";
import { fieldId, schemaId } from "../spec/ids.ts";
import type { IcebergType, NestedField } from "../spec/types.ts";
import { appendRows } from "./operations/append-rows.ts";
import { deleteRows } from "./operations/delete-rows.ts";
import { TableLab } from "./testing/table-lab.ts";

const field = (id: number, name: string, type: IcebergType = { kind: "long" }): NestedField => ({
  ...{ id: fieldId(id), name, type },
  required: false,
});

it("rows of columns that DuckDB takes for one are neither written nor read, and the mend is told", async () => {
  await using lab = await TableLab.open();
  const struct = field(1, "s", { kind: "struct", fields: [field(2, "x"), field(3, "X")] });
  for (const fields of [[field(1, "x"), field(2, "X")], [struct]]) {
    const table = await lab.createTable({ schema: { schemaId: schemaId(0), identifierFieldIds: [], fields } });
    const refusal = {
      code: "UNSUPPORTED",
      message: 'columns "x" and "X" differ by case alone, and DuckDB takes them for one; rename one of them',
    };
    await expect(appendRows(lab.session, table, { sql: "SELECT 1 AS x" })).rejects.toMatchObject(refusal);
    await expect(lab.rows(table)).rejects.toMatchObject(refusal);
    await expect(deleteRows(lab.session, table, alwaysTrue)).rejects.toMatchObject(refusal);
  }
});
