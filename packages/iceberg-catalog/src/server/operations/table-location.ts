import type { TableIdentifier } from "../../catalog/table-identifier.ts";
import { claimLocation } from "../store/catalog-state.ts";
import type { CatalogContext } from "./context.ts";

/**
 * A location that no table had before: `<warehouse>/<namespace levels>/<table>`. A table that takes the name of one
 * that was dropped or renamed gets a suffix, so that the files of the two never mix.
 */
export function newTableLocation(context: CatalogContext, { namespace, name }: TableIdentifier): Promise<string> {
  const path = [...namespace, name].map(pathSegment).join("/");
  return context.store.transact((entries) =>
    claimLocation(entries, `${context.warehouse}/${path}`, context.newUuid().slice(0, 8)),
  );
}

/** Names may hold anything; folders get letters, digits and what no engine reads as syntax. */
function pathSegment(name: string): string {
  return name.replace(/[^\p{L}\p{N}_.-]/gu, "_").slice(0, 64);
}
