import { IcebergError } from "../errors.ts";
import { type Column, findColumn, findColumnById } from "./evolve/columns.ts";
import { moveField, type Place } from "./evolve/move-field.ts";
import { SchemaDraft } from "./evolve/schema-draft.ts";
import { unionByName } from "./evolve/union-by-name.ts";
import type { Schema } from "./schema.ts";
import type { TableMetadata } from "./table-metadata.ts";
import type { IcebergType } from "./types.ts";

export interface AddColumnOptions {
  readonly doc?: string;
  /** Only after `allowIncompatibleChanges()`: old files have no value for it. */
  readonly required?: boolean;
}

/**
 * Changes a table's columns so that every file written before can still be read (spec, "Schema Evolution"). Columns are
 * named by dotted path, as they are called at that moment; the `element` of a list of structs and the `value` of a map to
 * structs may be left out. @throws IcebergError `INVALID_ARGUMENT`, from every method
 */
export class SchemaUpdate {
  readonly #draft: SchemaDraft;

  constructor(base: TableMetadata) {
    this.#draft = new SchemaDraft(base);
  }

  /** Allows required columns where rows written before may have no value: reading such rows fails. */
  allowIncompatibleChanges(): this {
    this.#draft.allowsIncompatible = true;
    return this;
  }

  /** Adds a column at the end of its struct; all ids are new, also those inside `type`. */
  addColumn(path: string, type: IcebergType, options: AddColumnOptions = {}): this {
    const { parentPath, name } = splitPath(path);
    const parent = parentPath === undefined ? undefined : this.#structOf(this.#require(parentPath));
    this.#draft.add(parent, { name, type, ...options });
    return this;
  }

  /** Renames a column; files are read by id, so that none has to be rewritten. `newName` is the last part alone. */
  renameColumn(path: string, newName: string): this {
    this.#draft.rename(this.#require(path), newName);
    return this;
  }

  /** Drops a column and all that is inside. A column that is added later under its name is another one. */
  dropColumn(path: string): this {
    this.#draft.drop(this.#require(path));
    return this;
  }

  /** Widens a column: int to long, float to double, decimal to more digits. */
  updateType(path: string, type: IcebergType): this {
    this.#draft.widen(this.#require(path), type);
    return this;
  }

  makeOptional(path: string): this {
    this.#draft.makeOptional(this.#require(path));
    return this;
  }

  /** Only after `allowIncompatibleChanges()`: rows written before may have no value. */
  makeRequired(path: string): this {
    this.#draft.makeRequired(this.#require(path));
    return this;
  }

  /** Sets a column's documentation; undefined removes it. */
  updateDoc(path: string, doc: string | undefined): this {
    this.#draft.setDoc(this.#require(path), doc);
    return this;
  }

  /** Puts a column before all others of its struct. */
  moveFirst(path: string): this {
    return this.#move(this.#require(path), { at: "first" });
  }

  /** Puts a column before another of the same struct. */
  moveBefore(path: string, other: string): this {
    return this.#moveNextTo(path, "before", other);
  }

  /** Puts a column after another of the same struct. */
  moveAfter(path: string, other: string): this {
    return this.#moveNextTo(path, "after", other);
  }

  /**
   * Makes the table able to hold rows of another schema too, whose columns are matched by name: adds what is missing, as
   * optional, widens what is too narrow, and makes optional what is so there.
   */
  unionByNameWith(schema: Pick<Schema, "fields">): this {
    unionByName(this.#draft, undefined, schema.fields);
    return this;
  }

  /** The columns that identify a row: required, and neither float nor double nor inside a list or a map. */
  setIdentifierFields(paths: readonly string[]): this {
    this.#draft.identifierFieldIds = paths.map((path) => this.#require(path).field.id);
    return this;
  }

  /** The columns so far, and the highest id ever given out. */
  build(): { readonly schema: Schema; readonly lastColumnId: number } {
    return this.#draft.build();
  }

  #require(path: string): Column {
    const { fields } = this.#draft;
    const column = findColumn(fields, path);
    if (column !== undefined) return column;
    const names = fields.map(({ name }) => name).join(", ");
    throw new IcebergError("INVALID_ARGUMENT", `no column "${path}"; the table has: ${names}`, { context: { path } });
  }

  /** What has the fields of a list's elements or of a map's values. */
  #structOf(column: Column): Column {
    const { type } = column.field;
    const id = type.kind === "list" ? type.elementId : type.kind === "map" ? type.valueId : undefined;
    return (id && findColumnById(this.#draft.fields, id)) || column;
  }

  #moveNextTo(path: string, at: "before" | "after", otherPath: string): this {
    const [column, other] = [this.#require(path), this.#require(otherPath)];
    if (column.parent?.field.id !== other.parent?.field.id) {
      throw new IcebergError(
        "INVALID_ARGUMENT",
        `column "${path}" cannot move ${at} "${otherPath}", which is in another struct`,
      );
    }
    return this.#move(column, { at, other: other.field.id });
  }

  #move(column: Column, place: Place): this {
    const { parent, field } = column;
    if (parent !== undefined && parent.field.type.kind !== "struct") {
      throw new IcebergError(
        "INVALID_ARGUMENT",
        `"${column.path}" belongs to its ${parent.field.type.kind} and has no place among others`,
      );
    }
    this.#draft.arrange(parent, (fields) => moveField(fields, field.id, place));
    return this;
  }
}

/** The last dot ends the parent's path. */
function splitPath(path: string): { readonly parentPath: string | undefined; readonly name: string } {
  const dot = path.lastIndexOf(".");
  return dot < 0
    ? { parentPath: undefined, name: path }
    : { parentPath: path.slice(0, dot), name: path.slice(dot + 1) };
}
