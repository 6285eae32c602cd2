import { IcebergError } from "../errors.ts";
import { freshType } from "./assign-fresh-ids.ts";
import { type FieldId, fieldId } from "./ids.ts";
import { childFields, findField, requireField, type Schema } from "./schema.ts";
import { rewriteField } from "./schema-rewrite.ts";
import type { TableMetadata } from "./table-metadata.ts";
import { currentSchema } from "./table-metadata-lookups.ts";
import { canPromote } from "./type-promotion.ts";
import { type IcebergType, isPrimitive, type NestedField, typesEqual, typeToString } from "./types.ts";

export interface AddColumnOptions {
  readonly doc?: string;
  /** Refused: old files have no value for it. */
  readonly required?: boolean;
}

/**
 * Changes a table's columns so that every file written before can still be read (spec, "Schema Evolution"). Columns are
 * named by dotted path, as they are called at that moment. @throws IcebergError `INVALID_ARGUMENT`, from every method
 */
export class SchemaUpdate {
  readonly #base: TableMetadata;
  readonly #identifierFieldIds: readonly FieldId[];
  #fields: readonly NestedField[];
  #lastColumnId: number;

  constructor(base: TableMetadata) {
    const { fields, identifierFieldIds } = currentSchema(base);
    this.#base = base;
    this.#fields = fields;
    this.#identifierFieldIds = identifierFieldIds;
    this.#lastColumnId = base.lastColumnId;
  }

  /** Adds an optional column; all ids are new, also those inside `type`. */
  addColumn(path: string, type: IcebergType, { doc, required = false }: AddColumnOptions = {}): this {
    if (required) {
      throw invalid(
        `column "${path}" cannot be added as required: rows written before have no value; add it as optional`,
      );
    }
    this.#refuseTaken(path);
    const { parentPath, name } = splitPath(path);
    const assign = (): FieldId => fieldId(++this.#lastColumnId);
    const id = assign();
    const field: NestedField = { id, name, required, type: freshType(type, assign), ...(doc !== undefined && { doc }) };
    if (parentPath === undefined) {
      this.#fields = [...this.#fields, field];
      return this;
    }
    return this.#rewrite(parentPath, (parent) => {
      if (parent.type.kind !== "struct") {
        throw invalid(`cannot add to "${parentPath}", which is ${typeToString(parent.type)}; only a struct has fields`);
      }
      return { ...parent, type: { ...parent.type, fields: [...parent.type.fields, field] } };
    });
  }

  /** Renames a column; files are read by id, so that none has to be rewritten. `newName` is the last part alone. */
  renameColumn(path: string, newName: string): this {
    const { parentPath, name } = splitPath(path);
    if (name === newName) return this;
    this.#refuseTaken(parentPath === undefined ? newName : `${parentPath}.${newName}`);
    this.#refuseFixedName(path, "renamed");
    return this.#rewrite(path, (field) => ({ ...field, name: newName }));
  }

  /** Drops a column and all that is inside. A column that is added later under its name is another one. */
  dropColumn(path: string): this {
    this.#refuseFixedName(path, "dropped");
    this.#refuseInUse(path, this.#require(path));
    return this.#rewrite(path, () => undefined);
  }

  /** Widens a column: int to long, float to double, decimal to more digits. */
  updateType(path: string, type: IcebergType): this {
    return this.#rewrite(path, (field) => {
      if (typesEqual(field.type, type)) return field;
      if (canPromote(field.type, type)) return { ...field, type };
      throw invalid(
        `column "${path}" cannot change from ${typeToString(field.type)} to ${typeToString(type)}; only int to long, float to double and decimal to a greater precision keep old files readable. Add a new column instead`,
      );
    });
  }

  makeOptional(path: string): this {
    if (this.#identifierFieldIds.includes(this.#require(path).id)) {
      throw invalid(
        `column "${path}" identifies rows and must stay required; take it from the identifier fields first`,
      );
    }
    return this.#rewrite(path, (field) => ({ ...field, required: false }));
  }

  /** Sets a column's documentation; undefined removes it. */
  updateDoc(path: string, doc: string | undefined): this {
    return this.#rewrite(path, ({ doc: _, ...field }) => (doc === undefined ? field : { ...field, doc }));
  }

  /** The columns so far, and the highest id ever given out. */
  build(): { readonly schema: Schema; readonly lastColumnId: number } {
    const { schemaId } = currentSchema(this.#base);
    const schema = { schemaId, fields: this.#fields, identifierFieldIds: this.#identifierFieldIds };
    return { schema, lastColumnId: this.#lastColumnId };
  }

  #require(path: string): NestedField {
    return requireField(this.build().schema, path);
  }

  #rewrite(path: string, rewrite: (field: NestedField) => NestedField | undefined): this {
    this.#fields = rewriteField(this.#fields, this.#require(path).id, rewrite);
    return this;
  }

  #refuseTaken(path: string): void {
    if (findField(this.build().schema, path) === undefined) return;
    throw invalid(`there is already a column "${path}"; choose another name, or rename or drop that one first`);
  }

  /** What is inside a list or a map directly has no name of its own. */
  #refuseFixedName(path: string, change: string): void {
    const { parentPath } = splitPath(path);
    const parent = parentPath === undefined ? undefined : this.#require(parentPath).type;
    if (parent === undefined || parent.kind === "struct" || isPrimitive(parent)) return;
    throw invalid(`"${path}" belongs to its ${parent.kind} and cannot be ${change}; drop the ${parent.kind} itself`);
  }

  #refuseInUse(path: string, field: NestedField): void {
    const { partitionSpecs, defaultSpecId, sortOrders, defaultSortOrderId } = this.#base;
    const spec = partitionSpecs.find(({ specId }) => specId === defaultSpecId);
    const order = sortOrders.find(({ orderId }) => orderId === defaultSortOrderId);
    const doomed = idsWithin(field);
    if (this.#identifierFieldIds.some((id) => doomed.has(id))) {
      throw invalid(`column "${path}" identifies rows; take it from the identifier fields before dropping it`);
    }
    if (spec?.fields.some(({ sourceId, transform }) => transform.kind !== "void" && doomed.has(sourceId))) {
      throw invalid(`the table is partitioned by column "${path}"; set another partition spec before dropping it`);
    }
    if (order?.fields.some(({ sourceId }) => doomed.has(sourceId))) {
      throw invalid(`the table is sorted by column "${path}"; set another sort order before dropping it`);
    }
  }
}

/** The last dot ends the parent's path. */
function splitPath(path: string): { readonly parentPath: string | undefined; readonly name: string } {
  const dot = path.lastIndexOf(".");
  return dot < 0
    ? { parentPath: undefined, name: path }
    : { parentPath: path.slice(0, dot), name: path.slice(dot + 1) };
}

function idsWithin(field: NestedField): ReadonlySet<FieldId> {
  return new Set([field.id, ...childFields(field.type).flatMap((child) => [...idsWithin(child)])]);
}

const invalid = (message: string): IcebergError => new IcebergError("INVALID_ARGUMENT", message);
