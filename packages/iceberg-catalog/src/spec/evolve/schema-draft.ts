import { IcebergError } from "../../errors.ts";
import { freshType } from "../assign-fresh-ids.ts";
import { type FieldId, fieldId } from "../ids.ts";
import { childFields, type Schema } from "../schema.ts";
import { schemaProblem } from "../schema-problem.ts";
import { rewriteField } from "../schema-rewrite.ts";
import type { TableMetadata } from "../table-metadata.ts";
import { currentSchema } from "../table-metadata-lookups.ts";
import { canPromote } from "../type-promotion.ts";
import { type IcebergType, type NestedField, typesEqual, typeToString } from "../types.ts";
import { type Column, findColumnById, isInMapKey, isPartOfContainer } from "./columns.ts";
import { refuseInUse, refusePartitionName } from "./refuse-in-use.ts";

/** What a new column is called and holds. */
export interface NewColumn {
  readonly name: string;
  readonly type: IcebergType;
  readonly doc?: string | undefined;
  readonly required?: boolean;
}

/** Columns in the course of an evolution. Every change is checked against the columns as they are at that moment. */
export class SchemaDraft {
  readonly #base: TableMetadata;
  #fields: readonly NestedField[];
  #lastColumnId: number;
  identifierFieldIds: readonly FieldId[];
  /** Whether changes are allowed after which old rows may break the schema. */
  allowsIncompatible = false;

  constructor(base: TableMetadata) {
    const { fields, identifierFieldIds } = currentSchema(base);
    this.#base = base;
    this.#fields = fields;
    this.#lastColumnId = base.lastColumnId;
    this.identifierFieldIds = identifierFieldIds;
  }

  get fields(): readonly NestedField[] {
    return this.#fields;
  }

  /** Adds a column at the end of its struct; all ids are new, also those inside its type. */
  add(parent: Column | undefined, { name, type, doc, required = false }: NewColumn): void {
    const path = parent === undefined ? name : `${parent.path}.${name}`;
    if (required) {
      this.#refuseIncompatible(
        `column "${path}" cannot be added as required: rows written before have no value; add it as optional`,
      );
    }
    this.#refuseTaken(parent, name, undefined);
    const assign = (): FieldId => fieldId(++this.#lastColumnId);
    const id = assign();
    const field: NestedField = { id, name, required, type: freshType(type, assign), ...(doc !== undefined && { doc }) };
    if (parent === undefined) {
      this.#fields = [...this.#fields, field];
      return;
    }
    this.#rewrite(parent, (struct) => {
      if (struct.type.kind === "struct") {
        return { ...struct, type: { ...struct.type, fields: [...struct.type.fields, field] } };
      }
      throw invalid(`cannot add to "${parent.path}", which is ${typeToString(struct.type)}; only a struct has fields`);
    });
  }

  rename(column: Column, name: string): void {
    if (column.field.name === name) return;
    refuseFixed(column, "renamed");
    this.#refuseTaken(column.parent, name, column.field.id);
    this.#rewrite(column, (field) => ({ ...field, name }));
  }

  drop(column: Column): void {
    refuseFixed(column, "dropped");
    refuseInUse(this.#base, this.identifierFieldIds, column);
    this.#rewrite(column, () => undefined);
  }

  widen(column: Column, type: IcebergType): void {
    if (typesEqual(column.field.type, type)) return;
    if (!canPromote(column.field.type, type)) {
      throw invalid(
        `column "${column.path}" cannot change from ${typeToString(column.field.type)} to ${typeToString(type)}; only int to long, float to double and decimal to a greater precision keep old files readable. Add a new column instead`,
      );
    }
    this.#rewrite(column, (field) => ({ ...field, type }));
  }

  makeOptional(column: Column): void {
    if (this.identifierFieldIds.includes(column.field.id)) {
      throw invalid(
        `column "${column.path}" identifies rows and must stay required; take it from the identifier fields first`,
      );
    }
    if (column.field.required) this.#rewrite(column, (field) => ({ ...field, required: false }));
  }

  makeRequired(column: Column): void {
    if (column.field.required) return;
    this.#refuseIncompatible(`column "${column.path}" cannot become required: rows written before may have no value`);
    this.#rewrite(column, (field) => ({ ...field, required: true }));
  }

  setDoc(column: Column, doc: string | undefined): void {
    this.#rewrite(column, ({ doc: _, ...field }) => (doc === undefined ? field : { ...field, doc }));
  }

  /** Puts the fields of a struct in another order; `arrange` gets them all and gives them all. */
  arrange(parent: Column | undefined, arrange: (fields: readonly NestedField[]) => readonly NestedField[]): void {
    if (parent === undefined) {
      this.#fields = arrange(this.#fields);
      return;
    }
    this.#rewrite(parent, (field) =>
      field.type.kind === "struct" ? { ...field, type: { ...field.type, fields: arrange(field.type.fields) } } : field,
    );
  }

  /** @throws IcebergError `INVALID_ARGUMENT` where the columns together break a rule */
  build(): { readonly schema: Schema; readonly lastColumnId: number } {
    const { schemaId } = currentSchema(this.#base);
    const schema = { schemaId, fields: this.#fields, identifierFieldIds: this.identifierFieldIds };
    const problem = schemaProblem(schema);
    if (problem !== undefined) throw invalid(problem);
    return { schema, lastColumnId: this.#lastColumnId };
  }

  #rewrite(column: Column, rewrite: (field: NestedField) => NestedField | undefined): void {
    if (isInMapKey(column)) {
      throw invalid(`"${column.path}" is in the key of a map, which cannot change: its keys would be other keys`);
    }
    this.#fields = rewriteField(this.#fields, column.field.id, rewrite);
  }

  #refuseIncompatible(problem: string): void {
    if (!this.allowsIncompatible) throw invalid(`${problem}, or allow incompatible changes if you know that none has`);
  }

  /** Engines that do not tell cases apart could not read a table with both names. */
  #refuseTaken(parent: Column | undefined, name: string, except: FieldId | undefined): void {
    const struct = parent && findColumnById(this.#fields, parent.field.id)?.field.type;
    const siblings = struct === undefined ? this.#fields : childFields(struct);
    const taken = siblings.find((field) => field.id !== except && field.name.toLowerCase() === name.toLowerCase());
    if (taken !== undefined) {
      throw invalid(`there is already a column "${taken.name}"; choose another name, or rename or drop that one first`);
    }
    if (parent === undefined) refusePartitionName(this.#base, name, except);
  }
}

/** What is inside a list or a map directly has no name of its own. */
function refuseFixed(column: Column, change: string): void {
  if (!isPartOfContainer(column) || column.parent === undefined) return;
  const { kind } = column.parent.field.type;
  throw invalid(`"${column.path}" belongs to its ${kind} and cannot be ${change}; drop the ${kind} itself`);
}

const invalid = (message: string): IcebergError => new IcebergError("INVALID_ARGUMENT", message);
