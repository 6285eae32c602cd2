import { IcebergError } from "../errors.ts";
import { type PartitionFieldId, partitionFieldId, type SpecId, specId } from "./ids.ts";
import type { PartitionField, PartitionSpec } from "./partition-spec.ts";
import { findField, type Schema } from "./schema.ts";
import { sourceProblem } from "./source-problem.ts";
import type { TableMetadata } from "./table-metadata.ts";
import type { UnboundPartitionField, UnboundPartitionSpec } from "./table-update.ts";
import { transformToString } from "./transform.ts";

/** Ids of partition fields start here, apart from those of columns. */
export const firstPartitionFieldId = 1000;

export const unpartitioned: PartitionSpec = { specId: specId(0), fields: [] };

/**
 * Gives a proposed spec its ids: the id of an equal spec if the table has one, and for each field the id of the
 * equivalent field of any spec, so that a partition keeps its identity through evolution (spec, "Partition Evolution").
 *
 * @throws IcebergError `INVALID_ARGUMENT`
 */
export function bindPartitionSpec(spec: UnboundPartitionSpec, schema: Schema, table: TableMetadata): PartitionSpec {
  checkNames(spec, schema);
  for (const field of spec.fields) checkSource(field, schema);
  const equal = table.partitionSpecs.find((known) => sameFields(known.fields, spec.fields));
  if (equal !== undefined) return equal;
  const ids = new PartitionFieldIds(table, spec);
  const fields = spec.fields.map((field) => ({ ...field, fieldId: ids.assign(field) }));
  return { specId: nextSpecId(table), fields };
}

class PartitionFieldIds {
  private readonly known: readonly PartitionField[];
  private readonly taken = new Set<PartitionFieldId>();
  /** Ids that the spec itself gives: a format 1 spec may hold the field anew behind the `void` that it was dropped to. */
  private readonly given: ReadonlySet<PartitionFieldId | undefined>;
  private last: number;

  constructor(table: TableMetadata, spec: UnboundPartitionSpec) {
    this.known = table.partitionSpecs.flatMap(({ fields }) => fields);
    this.given = new Set(spec.fields.map((field) => field.fieldId));
    this.last = table.lastPartitionId;
  }

  assign(field: UnboundPartitionField): PartitionFieldId {
    const same = this.known.find((known) => equivalent(known, field) && !this.given.has(known.fieldId));
    const id = field.fieldId ?? same?.fieldId ?? this.next();
    const holder = this.known.find((known) => known.fieldId === id);
    if (this.taken.has(id) || (holder !== undefined && holder.sourceId !== field.sourceId)) {
      throw new IcebergError("INVALID_ARGUMENT", `partition field id ${id} of "${field.name}" is already in use`);
    }
    this.taken.add(id);
    this.last = Math.max(this.last, id);
    return id;
  }

  private next(): PartitionFieldId {
    return partitionFieldId(this.last + 1);
  }
}

function nextSpecId(table: TableMetadata): SpecId {
  return specId(Math.max(-1, ...table.partitionSpecs.map((spec) => spec.specId)) + 1);
}

function sameFields(a: readonly UnboundPartitionField[], b: readonly UnboundPartitionField[]): boolean {
  return (
    a.length === b.length &&
    a.every((field, i) => {
      const other = b[i];
      return other !== undefined && field.name === other.name && equivalent(field, other);
    })
  );
}

function equivalent(a: UnboundPartitionField, b: UnboundPartitionField): boolean {
  return a.sourceId === b.sourceId && transformToString(a.transform) === transformToString(b.transform);
}

function checkSource(field: UnboundPartitionField, schema: Schema): void {
  const problem = sourceProblem(field.transform, field.sourceId, schema);
  if (problem === undefined) return;
  throw new IcebergError("INVALID_ARGUMENT", `partition field "${field.name}" cannot be computed: ${problem}`);
}

/** A partition field may share a column's name only as the identity of that column, or once it holds nothing. */
function checkNames(spec: UnboundPartitionSpec, schema: Schema): void {
  const names = new Set<string>();
  for (const field of spec.fields) {
    const column = findField(schema, field.name);
    const isIdentity = field.transform.kind === "identity" && column?.id === field.sourceId;
    const mayShare = isIdentity || field.transform.kind === "void";
    if (names.has(field.name) || (column !== undefined && !mayShare)) {
      throw new IcebergError("INVALID_ARGUMENT", `the name of partition field "${field.name}" is already in use`);
    }
    names.add(field.name);
  }
}
