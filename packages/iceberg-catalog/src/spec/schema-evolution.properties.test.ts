import fc from "fast-check";
import { expect, it } from "vitest";
import { isIcebergError } from "../errors.ts";
import { columnsOf } from "./evolve/columns.ts";
import { type FieldId, schemaId, timestampMs } from "./ids.ts";
import { SchemaUpdate } from "./schema-evolution.ts";
import { newTableMetadata } from "./table-metadata-new.ts";
import { parsePrimitive, typeToString } from "./types.ts";

/** The columns as rows of a flat list: who is whose child, in which place. */
interface Row {
  readonly id: number;
  readonly parent: number | undefined;
  name: string;
  type: string;
  required: boolean;
  doc: string | undefined;
}

type Move =
  | { readonly op: "first"; readonly of: number }
  | { readonly op: "before" | "after"; readonly of: number; readonly other: number };

type Op =
  | Move
  | { readonly op: "add"; readonly in: number; readonly name: string; readonly type: string }
  | { readonly op: "rename"; readonly of: number; readonly name: string }
  | { readonly op: "drop" | "optional"; readonly of: number }
  | { readonly op: "widen"; readonly of: number; readonly type: string }
  | { readonly op: "doc"; readonly of: number; readonly doc: string | undefined };

const promotions = new Set(["int long", "float double", "decimal(9, 2) decimal(12, 2)"]);

/** The naive model of evolution. */
class Model {
  rows: Row[] = [];
  last = 0;

  pathOf(row: Row): string {
    const parent = this.rows.find((other) => other.id === row.parent);
    return parent === undefined ? row.name : `${this.pathOf(parent)}.${row.name}`;
  }

  children(parent: number | undefined): Row[] {
    return this.rows.filter((row) => row.parent === parent);
  }

  /** Applies what the operation means and says whether it is allowed; where it is not, nothing changes. */
  apply(op: Op): boolean {
    if (op.op === "add") return this.#add(op.in, op.name, op.type);
    const row = this.rows[op.of % this.rows.length];
    if (row === undefined) return false;
    switch (op.op) {
      case "rename":
        if (this.#isTaken(row.parent, op.name, row.id)) return false;
        row.name = op.name;
        return true;
      case "drop": {
        const isDoomed = (other: Row): boolean =>
          other.id === row.id || this.rows.some((p) => p.id === other.parent && isDoomed(p));
        this.rows = this.rows.filter((other) => !isDoomed(other));
        return true;
      }
      case "optional":
        row.required = false;
        return true;
      case "doc":
        row.doc = op.doc;
        return true;
      case "widen":
        if (row.type !== op.type && !promotions.has(`${row.type} ${op.type}`)) return false;
        row.type = op.type;
        return true;
      default:
        return this.#move(row, op);
    }
  }

  #add(into: number, name: string, type: string): boolean {
    const structs = [undefined, ...this.rows.filter((row) => row.type === "struct").map(({ id }) => id)];
    const parent = structs[into % structs.length];
    if (this.#isTaken(parent, name, undefined)) return false;
    this.rows.push({ id: ++this.last, parent, name, type, required: false, doc: undefined });
    return true;
  }

  #move(row: Row, op: Move): boolean {
    const others = this.rows.filter((other) => other !== row);
    if (op.op === "first") {
      this.rows = [row, ...others];
      return true;
    }
    const other = this.rows[op.other % this.rows.length];
    if (other === undefined || other === row || other.parent !== row.parent) return false;
    const at = others.indexOf(other) + (op.op === "after" ? 1 : 0);
    this.rows = [...others.slice(0, at), row, ...others.slice(at)];
    return true;
  }

  #isTaken(parent: number | undefined, name: string, except: number | undefined): boolean {
    return this.children(parent).some((r) => r.id !== except && r.name.toLowerCase() === name.toLowerCase());
  }

  flat(parent: number | undefined = undefined): readonly Row[] {
    return this.children(parent).flatMap((row) => [row, ...this.flat(row.id)]);
  }
}

const typeOf = (name: string) =>
  name === "struct" ? ({ kind: "struct", fields: [] } as const) : (parsePrimitive(name) ?? { kind: "string" as const });

/** The same operation asked of the real thing, by the paths that the model knows. */
function ask(update: SchemaUpdate, model: Model, op: Op): void {
  const pathAt = (index: number): string => {
    const row = model.rows[index % model.rows.length];
    return row === undefined ? "nothing" : model.pathOf(row);
  };
  switch (op.op) {
    case "add": {
      const structs = [undefined, ...model.rows.filter((row) => row.type === "struct")];
      const parent = structs[op.in % structs.length];
      update.addColumn(parent === undefined ? op.name : `${model.pathOf(parent)}.${op.name}`, typeOf(op.type));
      return;
    }
    case "rename":
      update.renameColumn(pathAt(op.of), op.name);
      return;
    case "drop":
      update.dropColumn(pathAt(op.of));
      return;
    case "optional":
      update.makeOptional(pathAt(op.of));
      return;
    case "doc":
      update.updateDoc(pathAt(op.of), op.doc);
      return;
    case "widen":
      update.updateType(pathAt(op.of), typeOf(op.type));
      return;
    case "first":
      update.moveFirst(pathAt(op.of));
      return;
    case "before":
      update.moveBefore(pathAt(op.of), pathAt(op.other));
      return;
    case "after":
      update.moveAfter(pathAt(op.of), pathAt(op.other));
      return;
  }
}

const index = fc.nat({ max: 50 });
const name = fc.constantFrom("a", "b", "B", "c", "d");
const type = fc.constantFrom("int", "long", "float", "double", "decimal(9, 2)", "decimal(12, 2)", "string", "struct");
const primitive = fc.constantFrom("int", "long", "float", "double", "decimal(9, 2)", "decimal(12, 2)", "string");
const operation: fc.Arbitrary<Op> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ op: fc.constant("add" as const), in: index, name, type }) },
  fc.record({ op: fc.constant("rename" as const), of: index, name }),
  fc.record({ op: fc.constantFrom("drop" as const, "optional" as const), of: index }),
  fc.record({ op: fc.constant("first" as const), of: index }),
  fc.record({ op: fc.constant("widen" as const), of: index, type: primitive }),
  fc.record({ op: fc.constant("doc" as const), of: index, doc: fc.option(fc.string(), { nil: undefined }) }),
  fc.record({ op: fc.constantFrom("before" as const, "after" as const), of: index, other: index }),
);

it("any sequence of changes comes out as in a model that keeps columns as a flat list", () => {
  const base = newTableMetadata(
    { schema: { schemaId: schemaId(0), fields: [], identifierFieldIds: [] }, location: "memory://t" },
    "00000000-0000-4000-8000-000000000000",
    timestampMs(0),
  );
  fc.assert(
    fc.property(fc.array(operation, { maxLength: 40 }), (operations) => {
      const [update, model] = [new SchemaUpdate(base), new Model()];
      for (const op of operations) {
        const before = model.last;
        let refused = false;
        try {
          ask(update, model, op);
        } catch (error) {
          if (!isIcebergError(error, "INVALID_ARGUMENT")) throw error;
          refused = true;
        }
        const isAllowed = model.apply(op);
        expect([op, !refused]).toEqual([op, isAllowed]);
        expect(model.last).toBeGreaterThanOrEqual(before);
      }
      const { schema, lastColumnId } = update.build();
      const flat = [...columnsOf(schema.fields)].map(({ field, parent }) => ({
        id: field.id,
        parent: parent?.field.id,
        name: field.name,
        type: field.type.kind === "struct" ? "struct" : typeToString(field.type),
        required: field.required,
        doc: field.doc,
      }));
      expect(flat).toEqual(model.flat());
      expect(lastColumnId).toBe(model.last);
      const ids: FieldId[] = flat.map(({ id }) => id);
      expect(new Set(ids).size).toBe(ids.length);
    }),
    { numRuns: 500 },
  );
});
