import { IcebergError } from "../errors.ts";

/** The version, if it is one that this package reads and writes. @throws IcebergError `UNSUPPORTED` */
export function supportedFormatVersion(version: number): 1 | 2 {
  if (version === 1 || version === 2) return version;
  throw new IcebergError("UNSUPPORTED", `format version ${version} is not supported, only 1 and 2 are`, {
    context: { formatVersion: version },
  });
}
