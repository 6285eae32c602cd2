import { createHash } from "node:crypto";
import type { LoadedTable, SnapshotsMode } from "../../catalog/catalog.ts";
import { loadedTableToJson } from "../../catalog/loaded-table-json.ts";
import { IcebergError, isIcebergError } from "../../errors.ts";
import { type JsonObject, stringifyJson } from "../../spec/json.ts";
import type { CatalogContext } from "../operations/context.ts";
import { readTable } from "../operations/metadata-files.ts";
import { tableNotFound } from "../operations/not-found.ts";
import { referencedSnapshotsOnly } from "../operations/referenced-snapshots.ts";
import { loadTable } from "../operations/tables.ts";
import type { Effect } from "../store/effect.ts";
import { jsonResponse } from "./error-response.ts";
import type { Replay } from "./idempotency.ts";

/** A table as load, create and register answer it. */
export function tableResponse(table: LoadedTable, mode: SnapshotsMode = "all"): Response {
  return tagged(loadedTableToJson(mode === "refs" ? referencedSnapshotsOnly(table) : table), table, mode);
}

/** A table as a commit answers it: without the config. */
export function commitResponse(table: LoadedTable): Response {
  const { config: _, ...answer } = loadedTableToJson(table);
  return tagged(answer, table, "all");
}

export const replayTable: Replay = async (context, effect) => tableResponse(await tableOf(context, effect));

export const replayCommit: Replay = async (context, effect) => commitResponse(await tableOf(context, effect));

export const replayBody: Replay = async (_, { body }) => jsonResponse(stringifyJson(body ?? {}));

export const replayNothing: Replay = async () => noContent();

export function noContent(): Response {
  return new Response(null, { status: 204 });
}

/** A metadata file never changes, so its location stands for the answer; so does which part of it was asked for. */
export function entityTag(metadataLocation: string, mode: SnapshotsMode): string {
  return `"${createHash("sha256").update(`${mode} ${metadataLocation}`).digest("base64url")}"`;
}

/** Whether the client's copy is still the answer (RFC 9110, `If-None-Match`: weak comparison). */
export function isUnchanged(ifNoneMatch: string | undefined, tag: string): boolean {
  const known = ifNoneMatch?.split(",").map((text) => text.trim().replace(/^W\//, "")) ?? [];
  return known.includes(tag) || known.includes("*");
}

function tagged(body: JsonObject, { metadataLocation }: LoadedTable, mode: SnapshotsMode): Response {
  const response = jsonResponse(stringifyJson(body));
  response.headers.set("etag", entityTag(metadataLocation, mode));
  return response;
}

/**
 * The table as the request left it. That state may have been deleted since, as a table with `delete-after-commit` wants;
 * then it is the table as it is now, in which the effect is.
 */
async function tableOf(context: CatalogContext, { table }: Effect): Promise<LoadedTable> {
  if (table === undefined) throw new IcebergError("METADATA_INVALID", "the settled request was not about one table");
  try {
    return await readTable(context, table.metadataLocation);
  } catch (error) {
    if (!isIcebergError(error, "FILE_NOT_FOUND")) throw error;
    const now = await loadTable(context, table.identifier);
    if (now.metadata.tableUuid === table.uuid) return now;
    throw tableNotFound(table.identifier);
  }
}
