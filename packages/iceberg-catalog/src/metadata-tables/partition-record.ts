import type { PartitionFieldId } from "../spec/ids.ts";
import type { DataFile, Datum } from "../spec/manifest.ts";
import type { PartitionSpec } from "../spec/partition-spec.ts";
import type { TableMetadata } from "../spec/table-metadata.ts";

/** Partition values by the names of partition fields; a field that the file's spec has not is null. */
export type PartitionRecord = Readonly<Record<string, Datum | null>>;

/** Gives the partition of a file as a record of the fields of all of a table's specs, by their latest names. */
export function partitionRecords({ partitionSpecs }: TableMetadata): (file: DataFile) => PartitionRecord {
  const names = fieldNames(partitionSpecs);
  const specs = new Map(partitionSpecs.map((spec) => [spec.specId, spec]));
  const empty = Object.fromEntries([...names.values()].map((name) => [name, null]));
  return ({ specId, partition }) => {
    const fields = specs.get(specId)?.fields ?? [];
    return {
      ...empty,
      ...Object.fromEntries(fields.map(({ fieldId }, i) => [names.get(fieldId) ?? "", partition[i] ?? null])),
    };
  };
}

/** Fields keep their ids through evolution; two that were called alike are told apart by theirs. */
function fieldNames(specs: readonly PartitionSpec[]): ReadonlyMap<PartitionFieldId, string> {
  const names = new Map<PartitionFieldId, string>();
  const taken = new Set<string>();
  for (const { fields } of [...specs].reverse()) {
    for (const { fieldId, name } of fields) {
      if (names.has(fieldId)) continue;
      const unique = taken.has(name) ? `${name}_${fieldId}` : name;
      names.set(fieldId, unique);
      taken.add(unique);
    }
  }
  return names;
}
