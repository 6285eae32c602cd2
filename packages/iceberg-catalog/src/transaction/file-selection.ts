import { IcebergError } from "../errors.ts";
import { bind } from "../expr/bind.ts";
import { isNan, isNull, not, or, type Predicate } from "../expr/predicate.ts";
import { isFloating } from "../expr/value-range.ts";
import { filePruner } from "../scan/file-pruner.ts";
import type { DataFile, ManifestFile } from "../spec/manifest.ts";
import { partitionKey } from "../spec/partition-key.ts";
import { requireField, type Schema } from "../spec/schema.ts";
import type { TableMetadata } from "../spec/table-metadata.ts";
import { currentSchema } from "../spec/table-metadata-lookups.ts";

/** Which live files of a table a change takes away. */
export type RemovedFiles =
  /** These, by path; a file that is not there any more is a conflict. */
  | { readonly files: readonly DataFile[] }
  /** Every data file in these files' partitions. */
  | { readonly partitionsOf: readonly DataFile[] }
  /** Every data file of which all rows match; one of which only some may match is refused. */
  | { readonly matching: Predicate };

/** A selection on a given base: what is asked of manifests and files, and what has to hold in the end. */
export interface FileSelection {
  mayBeIn(manifest: ManifestFile): boolean;
  selects(file: DataFile): boolean;
  /** @throws IcebergError `VALIDATION_FAILED` when a file that was to be removed is gone */
  complete(removed: readonly DataFile[]): void;
}

export function selectFiles(removed: RemovedFiles, base: TableMetadata): FileSelection {
  if ("files" in removed) return byPath(removed.files);
  if ("partitionsOf" in removed) return byPartition(removed.partitionsOf);
  return byPredicate(removed.matching, base);
}

function byPath(files: readonly DataFile[]): FileSelection {
  const paths = new Set(files.map((file) => file.filePath));
  const specs = new Set(files.map((file) => file.specId));
  return {
    mayBeIn: (manifest) => specs.has(manifest.partitionSpecId),
    selects: (file) => paths.has(file.filePath),
    complete: (removed) => {
      const found = new Set(removed.map((file) => file.filePath));
      const missing = [...paths].find((path) => !found.has(path));
      if (missing === undefined) return;
      throw new IcebergError(
        "VALIDATION_FAILED",
        `${missing} is not in the table any more: somebody removed it meanwhile; compute the change anew from the table as it is`,
      );
    },
  };
}

function byPartition(files: readonly DataFile[]): FileSelection {
  const keys = new Set(files.map((file) => partitionKey(file.specId, file.partition)));
  const specs = new Set(files.map((file) => file.specId));
  return {
    mayBeIn: (manifest) => manifest.content === "data" && specs.has(manifest.partitionSpecId),
    selects: (file) => file.content === "data" && keys.has(partitionKey(file.specId, file.partition)),
    complete: () => {},
  };
}

function byPredicate(predicate: Predicate, base: TableMetadata): FileSelection {
  const schema = currentSchema(base);
  const some = filePruner(bind(predicate, schema), base.partitionSpecs);
  const other = filePruner(bind(notTrue(predicate, schema), schema), base.partitionSpecs);
  return {
    mayBeIn: (manifest) => manifest.content === "data" && some.keepsManifest(manifest),
    selects: (file) => {
      if (file.content !== "data" || !some.keepsFile(file)) return false;
      if (!other.keepsFile(file)) return true;
      throw new IcebergError(
        "INVALID_ARGUMENT",
        `${file.filePath} may hold rows that the predicate does not match; rewrite the file, or delete by whole partitions`,
      );
    },
    complete: () => {},
  };
}

/** The rows for which a predicate is not true: where it is false, and where a column it compares is null or NaN. */
function notTrue(predicate: Predicate, schema: Schema): Predicate {
  const unordered = comparedColumns(predicate).flatMap((column) =>
    isFloating(requireField(schema, column).type) ? [isNull(column), isNan(column)] : [isNull(column)],
  );
  return or(not(predicate), ...unordered);
}

function comparedColumns(predicate: Predicate): readonly string[] {
  switch (predicate.op) {
    case "true":
    case "false":
    case "is-null":
    case "not-null":
      return [];
    case "not":
      return comparedColumns(predicate.child);
    case "and":
    case "or":
      return [...comparedColumns(predicate.left), ...comparedColumns(predicate.right)];
    default:
      return [predicate.column];
  }
}
