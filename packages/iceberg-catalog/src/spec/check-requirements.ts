import { IcebergError } from "../errors.ts";
import type { TableMetadata } from "./table-metadata.ts";
import type { TableRequirement } from "./table-requirement.ts";

/**
 * Checks what a commit requires of a table that exists. Messages begin as those of the reference implementation do, since
 * there are clients that read them.
 *
 * @throws IcebergError `COMMIT_CONFLICT` that says what was required and what is; `ALREADY_EXISTS` for `assert-create`
 */
export function checkRequirements(metadata: TableMetadata, requirements: readonly TableRequirement[]): void {
  if (createsTable(requirements)) throw new IcebergError("ALREADY_EXISTS", "Requirement failed: table already exists");
  const broken = requirements
    .map((requirement) => difference(metadata, requirement))
    .find((text) => text !== undefined);
  if (broken !== undefined) {
    throw new IcebergError("COMMIT_CONFLICT", `Requirement failed: ${broken}; refresh the table and try again`);
  }
}

/** Whether the commit creates its table. */
export function createsTable(requirements: readonly TableRequirement[]): boolean {
  return requirements.some((requirement) => requirement.type === "assert-create");
}

function difference(metadata: TableMetadata, requirement: TableRequirement): string | undefined {
  switch (requirement.type) {
    case "assert-create":
      return "table already exists";
    case "assert-table-uuid":
      return unlessSame("UUID does not match", requirement.uuid, metadata.tableUuid);
    case "assert-ref-snapshot-id": {
      const actual = metadata.refs[requirement.ref]?.snapshotId ?? null;
      return unlessSame(`ref ${requirement.ref} has changed`, requirement.snapshotId, actual);
    }
    case "assert-last-assigned-field-id":
      return unlessSame("last assigned field id changed", requirement.lastAssignedFieldId, metadata.lastColumnId);
    case "assert-current-schema-id":
      return unlessSame("current schema changed", requirement.currentSchemaId, metadata.currentSchemaId);
    case "assert-last-assigned-partition-id":
      return unlessSame(
        "last assigned partition id changed",
        requirement.lastAssignedPartitionId,
        metadata.lastPartitionId,
      );
    case "assert-default-spec-id":
      return unlessSame("default partition spec changed", requirement.defaultSpecId, metadata.defaultSpecId);
    case "assert-default-sort-order-id":
      return unlessSame("default sort order changed", requirement.defaultSortOrderId, metadata.defaultSortOrderId);
  }
}

function unlessSame<T extends string | number | bigint | null>(
  difference: string,
  required: T,
  actual: T,
): string | undefined {
  return required === actual ? undefined : `${difference}: expected ${required ?? "none"}, found ${actual ?? "none"}`;
}
