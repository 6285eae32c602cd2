import type { TableIdentifier } from "../../catalog/table-identifier.ts";
import { IcebergError } from "../../errors.ts";
import { recordedLocations } from "../../io/moved-folder.ts";
import { claimLocation } from "../store/catalog-state.ts";
import type { CatalogContext } from "./context.ts";
import { ownerOf } from "./own-folder.ts";

/**
 * A location that no table had before: `<warehouse>/<namespace levels>/<table>`. A table that takes the name of one
 * that was dropped or renamed gets a suffix, so that the files of the two never mix; one whose namespace is called as a
 * table is does not go into that one's folder.
 */
export function newTableLocation(context: CatalogContext, table: TableIdentifier): Promise<string> {
  const { store, warehouse, formerWarehouses, newUuid } = context;
  const names = [...table.namespace, table.name].map(pathSegment);
  const suffix = newUuid().slice(0, 8);
  const candidates = [names.join("/"), `${names.join("/")}-${suffix}`, `${names.join(".").slice(0, 128)}-${suffix}`];
  return store.transact((entries) => {
    for (const candidate of candidates) {
      const location = `${warehouse}/${candidate}`;
      const names = recordedLocations({ present: warehouse, former: formerWarehouses }, location);
      if (ownerOf(entries, location, context) === undefined && claimLocation(entries, names)) return location;
    }
    throw new IcebergError("INVALID_ARGUMENT", `another table is around ${warehouse}; say where ${table.name} goes`);
  });
}

/** Names may hold anything; folders get letters, digits and what no engine reads as syntax. */
function pathSegment(name: string): string {
  return name.replace(/[^\p{L}\p{N}_.-]/gu, "_").slice(0, 64);
}
