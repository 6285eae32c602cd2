import type { Namespace, TableIdentifier } from "../../catalog/table-identifier.ts";
import { parseJson, stringifyJson } from "../../spec/json.ts";
import { JsonReader } from "../../spec/json-reader.ts";
import type { Entries } from "./catalog-store.ts";
import { checkedKey } from "./checked-key.ts";

type Properties = Readonly<Record<string, string>>;
type ReadableEntries = Pick<Entries, "get" | "startingWith">;

/** The properties of a namespace; undefined when it is not there. */
export function findNamespace(entries: ReadableEntries, namespace: Namespace): Properties | undefined {
  const text = entries.get(namespaceKey(namespace));
  return text === undefined ? undefined : new JsonReader(parseJson(text)).stringMap();
}

export function putNamespace(entries: Entries, namespace: Namespace, properties: Properties): void {
  entries.put(namespaceKey(namespace), stringifyJson(properties));
}

export function removeNamespace(entries: Entries, namespace: Namespace): void {
  entries.remove(namespaceKey(namespace));
}

/** The namespaces one level below `parent`. */
export function childNamespaces(entries: ReadableEntries, parent: Namespace): readonly Namespace[] {
  const prefix = parent.length === 0 ? "n[" : `${namespaceKey(parent).slice(0, -1)},`;
  return [...entries.startingWith(prefix)]
    .map(([key]) => new JsonReader(parseJson(key.slice(1))).strings())
    .filter((namespace) => namespace.length === parent.length + 1);
}

/** Where the table's current metadata is; undefined when there is no such table. */
export function findTable(entries: ReadableEntries, table: TableIdentifier): string | undefined {
  return entries.get(tableKey(table));
}

export function putTable(entries: Entries, table: TableIdentifier, metadataLocation: string): void {
  entries.put(tableKey(table), metadataLocation);
}

export function removeTable(entries: Entries, table: TableIdentifier): void {
  entries.remove(tableKey(table));
}

/** The names of the tables in a namespace. */
export function tableNames(entries: ReadableEntries, namespace: Namespace): readonly string[] {
  const prefix = `t[${stringifyJson(namespace)},`;
  return [...entries.startingWith(prefix)].map(
    ([key]) => new JsonReader(parseJson(`[${key.slice(prefix.length)}`)).strings()[0] ?? "",
  );
}

/** The folders that the warehouse has been in, one after the other. */
export function findWarehouses(entries: ReadableEntries): readonly string[] {
  const text = entries.get(warehousesKey);
  return text === undefined ? [] : new JsonReader(parseJson(text)).strings();
}

export function putWarehouses(entries: Entries, warehouses: readonly string[]): void {
  entries.put(warehousesKey, stringifyJson(warehouses));
}

const warehousesKey = "w";

/** Takes a location that no table was given before, by any of the names that it has; false when one was. */
export function claimLocation(entries: Entries, names: readonly string[]): boolean {
  if (names.some((name) => entries.get(locationKey(name)) !== undefined)) return false;
  for (const name of names.slice(0, 1)) entries.put(locationKey(name), "");
  return true;
}

function namespaceKey(namespace: Namespace): string {
  return checkedKey(`n${stringifyJson(namespace)}`);
}

function tableKey({ namespace, name }: TableIdentifier): string {
  return checkedKey(`t${stringifyJson([namespace, name])}`);
}

function locationKey(location: string): string {
  return checkedKey(`l${location}`);
}
