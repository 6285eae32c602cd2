import { identifierToString, type TableIdentifier } from "../../catalog/table-identifier.ts";
import { IcebergError } from "../../errors.ts";
import { recordedLocations } from "../../io/moved-folder.ts";
import type { Entries } from "../store/catalog-store.ts";
import { findOwner, ownsFolder, putFolder } from "../store/table-folders.ts";
import type { CatalogContext } from "./context.ts";

/**
 * Refuses a location that another table has, or that is in or around one's: what cleans up after one of them would delete
 * files of the other.
 * @throws IcebergError `INVALID_ARGUMENT`
 */
export function refuseSharedFolder(
  entries: Pick<Entries, "get" | "startingWith">,
  table: TableIdentifier,
  location: string,
  warehouse: Warehouse,
): void {
  const owner = ownerOf(entries, location, warehouse, table);
  if (owner === undefined) return;
  const [own, other] = [table, owner].map(identifierToString);
  throw new IcebergError(
    "INVALID_ARGUMENT",
    `Cannot put ${own} at ${location}: ${other} is there, or in or around it; give ${own} a location of its own, or drop ${other} first`,
    { context: { location, owner } },
  );
}

/**
 * Makes the folder the table's own. A table that is where it was, in a catalog that did not ask before, is left alone.
 * @throws IcebergError `INVALID_ARGUMENT` as {@link refuseSharedFolder}, for a location that is new to the table
 */
export function ownFolder(
  entries: Entries,
  table: TableIdentifier,
  location: string,
  isNew: boolean,
  warehouse: Warehouse,
): void {
  if (ownsFolder(entries, table, location)) return;
  if (isNew) refuseSharedFolder(entries, table, location, warehouse);
  if (ownerOf(entries, location, warehouse, table) === undefined) putFolder(entries, table, location);
}

type Warehouse = Pick<CatalogContext, "warehouse" | "formerWarehouses">;

/** A table, but for that one, that has the folder, one around it, or one in it, under whatever name it was given it. */
export function ownerOf(
  entries: Pick<Entries, "get" | "startingWith">,
  location: string,
  { warehouse, formerWarehouses }: Warehouse,
  except?: TableIdentifier,
): TableIdentifier | undefined {
  const locations = recordedLocations({ present: warehouse, former: formerWarehouses }, location);
  return locations.map((recorded) => findOwner(entries, recorded, except)).find((owner) => owner !== undefined);
}
