import type { TableMetadata } from "../../spec/table-metadata.ts";
import type { Isolation } from "../../transaction/conflicts.ts";
import { oneOf } from "../argument.ts";

/** How rows leave files: their files are written anew without them, or delete files name them. */
export type WriteMode = "copy-on-write" | "merge-on-read";

export interface RowChangeModes {
  readonly mode: WriteMode;
  readonly isolation: Isolation;
}

/** What the caller wants, else what the table's properties say (`write.delete.mode`, ...), else what all engines share. */
export function rowChangeModes(
  { properties }: TableMetadata,
  operation: "delete" | "update" | "merge",
  wanted: { readonly mode?: WriteMode | undefined; readonly isolation?: Isolation | undefined },
): RowChangeModes {
  const set = <T extends string>(property: string, choices: readonly [T, ...T[]]): T =>
    oneOf(property, (properties[property] ?? choices[0]).toLowerCase(), choices);
  return {
    mode:
      wanted.mode === undefined ? set(`write.${operation}.mode`, writeModes) : oneOf("mode", wanted.mode, writeModes),
    isolation:
      wanted.isolation === undefined
        ? set(`write.${operation}.isolation-level`, isolations)
        : oneOf("isolation", wanted.isolation, isolations),
  };
}

/** The first choice is the default. */
const writeModes = ["copy-on-write", "merge-on-read"] as const;
const isolations = ["serializable", "snapshot"] as const;
