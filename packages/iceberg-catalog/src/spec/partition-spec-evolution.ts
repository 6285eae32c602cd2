import { IcebergError } from "../errors.ts";
import { columnsOf, findColumn } from "./evolve/columns.ts";
import type { FieldId } from "./ids.ts";
import type { PartitionField } from "./partition-spec.ts";
import type { TableMetadata } from "./table-metadata.ts";
import { currentSchema, defaultPartitionSpec } from "./table-metadata-lookups.ts";
import type { UnboundPartitionField, UnboundPartitionSpec } from "./table-update.ts";
import { type Transform, transformToString } from "./transform.ts";

const timeUnits: readonly Transform["kind"][] = ["year", "month", "day", "hour"];

/**
 * Changes how new files are partitioned; files that are there keep their partitions (spec, "Partition Evolution").
 * Columns are named by dotted path. @throws IcebergError `INVALID_ARGUMENT`, from every method
 */
export class PartitionSpecUpdate {
  readonly #base: TableMetadata;
  readonly #before: readonly PartitionField[];
  readonly #added = new Set<UnboundPartitionField>();
  #fields: readonly UnboundPartitionField[];

  constructor(base: TableMetadata) {
    this.#base = base;
    this.#before = defaultPartitionSpec(base).fields;
    this.#fields = this.#before;
  }

  /** Partitions by a column's transform. Without a name the field is called as other engines would call it. */
  addField(column: string, transform: Transform = { kind: "identity" }, name?: string): this {
    if (transform.kind === "unknown") throw invalid(`"${transform.text}" is no transform that this package knows`);
    const sourceId = this.#sourceOf(column);
    const duplicate = this.#fields.find((field) => isEquivalent(field, { sourceId, transform }));
    if (duplicate !== undefined) {
      throw invalid(`the table is already partitioned by ${transformToString(transform)} of "${column}"`);
    }
    this.#refuseRedundant(sourceId, transform);
    const field = this.#recycled(sourceId, transform, name) ?? {
      sourceId,
      transform,
      name: name ?? defaultName(column, transform),
    };
    this.#refuseTaken(field.name, column);
    this.#added.add(field);
    this.#fields = [...this.#fields, field];
    return this;
  }

  /** Stops partitioning by a field. In a table of format 1 it stays as `void`, since positions count there. */
  removeField(name: string): this {
    const field = this.#require(name);
    if (this.#added.has(field)) throw invalid(`partition field "${name}" is only being added; leave it out instead`);
    const isKept = this.#base.formatVersion === 1;
    this.#fields = this.#fields.flatMap((known) => {
      if (known !== field) return [known];
      return isKept ? [{ ...known, transform: { kind: "void" } as const }] : [];
    });
    return this;
  }

  renameField(name: string, newName: string): this {
    const field = this.#require(name);
    if (name === newName) return this;
    this.#refuseTaken(newName, undefined);
    const renamed = { ...field, name: newName };
    if (this.#added.delete(field)) this.#added.add(renamed);
    this.#fields = this.#fields.map((known) => (known === field ? renamed : known));
    return this;
  }

  build(): UnboundPartitionSpec {
    return { fields: this.#fields };
  }

  #sourceOf(column: string): FieldId {
    const { fields } = currentSchema(this.#base);
    const source = findColumn(fields, column);
    if (source !== undefined) return source.field.id;
    const paths = [...columnsOf(fields)].map(({ path }) => path);
    throw invalid(`no column "${column}"; the table has: ${paths.join(", ")}`);
  }

  #require(name: string): UnboundPartitionField {
    const field = this.#fields.find((known) => known.name === name && known.transform.kind !== "void");
    if (field !== undefined) return field;
    const names = this.#fields.filter(({ transform }) => transform.kind !== "void").map((known) => known.name);
    throw invalid(`no partition field "${name}"; the table has: ${names.join(", ") || "none"}`);
  }

  /** A field of an older spec that was the same comes back as itself, under its name where no other is asked for. */
  #recycled(sourceId: FieldId, transform: Transform, name: string | undefined): PartitionField | undefined {
    if (this.#base.formatVersion === 1) return undefined;
    const known = this.#base.partitionSpecs
      .flatMap((spec) => spec.fields)
      .findLast((field) => isEquivalent(field, { sourceId, transform }) && (name ?? field.name) === field.name);
    return known;
  }

  /** Two units of one column's time, where the finer one tells the coarser. */
  #refuseRedundant(sourceId: FieldId, transform: Transform): void {
    if (!timeUnits.includes(transform.kind)) return;
    const other = [...this.#added].find((f) => f.sourceId === sourceId && timeUnits.includes(f.transform.kind));
    if (other === undefined) return;
    throw invalid(`cannot add ${transform.kind} beside "${other.name}": both are units of the same column's time`);
  }

  /** A name that only a dropped field of format 1 has is free: that one steps aside. */
  #refuseTaken(name: string, column: string | undefined): void {
    const holder = this.#fields.find((field) => field.name === name);
    if (holder === undefined) return;
    if (holder.transform.kind !== "void") {
      throw invalid(
        `there is already a partition field "${name}"${column === undefined ? "" : `; give the one of "${column}" another name`}`,
      );
    }
    this.#fields = this.#fields.map((field) =>
      field === holder ? { ...field, name: `${name}_${field.fieldId ?? ""}` } : field,
    );
  }
}

function isEquivalent(a: UnboundPartitionField, b: Pick<UnboundPartitionField, "sourceId" | "transform">): boolean {
  return a.sourceId === b.sourceId && transformToString(a.transform) === transformToString(b.transform);
}

/** The name that the reference implementation gives. */
function defaultName(column: string, transform: Transform): string {
  switch (transform.kind) {
    case "identity":
      return column;
    case "bucket":
      return `${column}_bucket_${transform.buckets}`;
    case "truncate":
      return `${column}_trunc_${transform.width}`;
    case "void":
      return `${column}_null`;
    default:
      return `${column}_${transform.kind}`;
  }
}

const invalid = (message: string): IcebergError => new IcebergError("INVALID_ARGUMENT", message);
