import { IcebergError } from "../../errors.ts";
import type { TableMetadata } from "../../spec/table-metadata.ts";

/** What a change of rows tolerates of others that commit meanwhile. */
export type Isolation = "serializable" | "snapshot";

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
  return {
    mode: oneOf(`write.${operation}.mode`, wanted.mode ?? properties[`write.${operation}.mode`], writeModes),
    isolation: oneOf(
      `write.${operation}.isolation-level`,
      wanted.isolation ?? properties[`write.${operation}.isolation-level`],
      isolations,
    ),
  };
}

const writeModes = ["copy-on-write", "merge-on-read"] as const;
const isolations = ["serializable", "snapshot"] as const;

/** The first choice is the default. */
function oneOf<T extends string>(name: string, text: string | undefined, choices: readonly [T, ...T[]]): T {
  if (text === undefined) return choices[0];
  const choice = choices.find((candidate) => candidate === text.toLowerCase());
  if (choice !== undefined) return choice;
  throw new IcebergError("INVALID_ARGUMENT", `${name} is "${text}"; it must be ${choices.join(" or ")}`);
}
