import { IcebergError } from "../errors.ts";
import type { FileIO } from "./file-io.ts";
import { localPath } from "./local.ts";
import { routedFileIO } from "./routed.ts";
import { isS3Location } from "./s3/location.ts";

export interface SchemeFileIOs {
  /** For `file:` locations and plain paths. */
  readonly file?: FileIO;
  /** For `s3:`, `s3a:` and `s3n:` locations. */
  readonly s3?: FileIO;
}

/** Files wherever their locations say. A scheme that nobody was given for fails with `UNSUPPORTED`. */
export function fileIOByScheme(ios: SchemeFileIOs): FileIO {
  const route = (location: string): FileIO => {
    const io = isS3Location(location) ? ios.s3 : localPath(location) === undefined ? undefined : ios.file;
    if (io !== undefined) return io;
    throw new IcebergError("UNSUPPORTED", `${location}: ${problemOf(location, ios)}`, { context: { location } });
  };
  return routedFileIO(route, (location) => ios.file?.localPath(location));
}

function problemOf(location: string, ios: SchemeFileIOs): string {
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(location)?.[1];
  const known = Object.entries(ios).flatMap(([name, io]) => (io === undefined ? [] : [`${name}:`]));
  const files = scheme === undefined ? "paths without a scheme" : `${scheme}: locations`;
  return `${files} like this cannot be reached here; known: ${known.join(", ") || "none"}`;
}
