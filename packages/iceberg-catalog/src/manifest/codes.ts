import { IcebergError } from "../errors.ts";
import type { EntryStatus, FileContent, FileFormat, ManifestFile } from "../spec/manifest.ts";

/** Manifests write these words as numbers: their index. */
export const entryStatuses: readonly EntryStatus[] = ["existing", "added", "deleted"];
export const fileContents: readonly FileContent[] = ["data", "position-deletes", "equality-deletes"];
export const manifestContents: readonly ManifestFile["content"][] = ["data", "deletes"];

/** The word of a code. @throws IcebergError `DATA_INVALID` */
export function wordOf<T>(words: readonly T[], code: number, what: string): T {
  const word = words[code];
  if (word === undefined) throw new IcebergError("DATA_INVALID", `${code} is no ${what} that Iceberg knows`);
  return word;
}

/** The format of a file by its name, in whatever case. @throws IcebergError `UNSUPPORTED` */
export function fileFormatOf(name: string): FileFormat {
  const format = name.toLowerCase();
  if (format === "parquet" || format === "avro" || format === "orc") return format;
  throw new IcebergError("UNSUPPORTED", `data files of format "${name}" cannot be read; only parquet, avro and orc`);
}

/** The value of a field that the specification requires. @throws IcebergError `DATA_INVALID` */
export function present<T>(value: T | undefined, name: string): T {
  if (value === undefined) throw new IcebergError("DATA_INVALID", `a manifest lacks the required field ${name}`);
  return value;
}
