import type { Namespace, TableIdentifier } from "../../catalog/table-identifier.ts";
import { IcebergError } from "../../errors.ts";
import { parseJson, stringifyJson } from "../../spec/json.ts";
import { JsonReader } from "../../spec/json-reader.ts";
import type { Entries } from "./catalog-store.ts";

type Properties = Readonly<Record<string, string>>;
type ReadableEntries = Pick<Entries, "get" | "startingWith">;

/** LMDB takes keys up to 1978 bytes. */
const maxKeyBytes = 1900;

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

/** Takes a location that no table ever had: `location` itself, or else `location` with the suffix. */
export function claimLocation(entries: Entries, location: string, suffix: string): string {
  const free = entries.get(locationKey(location)) === undefined ? location : `${location}-${suffix}`;
  entries.put(locationKey(free), "");
  return free;
}

function namespaceKey(namespace: Namespace): string {
  return checked(`n${stringifyJson(namespace)}`);
}

function tableKey({ namespace, name }: TableIdentifier): string {
  return checked(`t${stringifyJson([namespace, name])}`);
}

function locationKey(location: string): string {
  return checked(`l${location}`);
}

function checked(key: string): string {
  if (Buffer.byteLength(key) <= maxKeyBytes) return key;
  throw new IcebergError("INVALID_ARGUMENT", `the name ${key.slice(1, 80)}... is too long`);
}
