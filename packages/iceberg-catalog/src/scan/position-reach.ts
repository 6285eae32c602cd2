import { compareValues } from "../spec/compare-values.ts";
import type { FileFacts } from "../spec/file-facts.ts";
import { fieldId } from "../spec/ids.ts";
import type { DataFile } from "../spec/manifest.ts";
import { decodeUtf8 } from "../spec/utf8.ts";

/** Whether a delete file can take a row out of a data file. */
export type Reach = (dataFile: FileFacts) => boolean;

/** The column of position delete files that names the data file (spec, "Reserved Field IDs"). */
const filePathColumn = fieldId(2147483546);

/** What a position delete file reaches by the bounds of the paths in it; `path` where it names only one. */
export function positionReach(file: DataFile): { readonly path?: string; readonly reaches: Reach } {
  const lower = textOf(file.lowerBounds?.get(filePathColumn));
  const upper = textOf(file.upperBounds?.get(filePathColumn));
  const reaches: Reach = ({ filePath }) =>
    (lower === undefined || compareValues(lower, filePath) <= 0) &&
    (upper === undefined || compareValues(upper, filePath) >= 0);
  return lower !== undefined && lower === upper ? { path: lower, reaches } : { reaches };
}

const textOf = (bound: Uint8Array | undefined): string | undefined => bound && decodeUtf8(bound);
