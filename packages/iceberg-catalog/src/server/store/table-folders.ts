import type { TableIdentifier } from "../../catalog/table-identifier.ts";
import { fileKey } from "../../maintenance/same-file.ts";
import { parseJson, stringifyJson } from "../../spec/json.ts";
import { JsonReader } from "../../spec/json-reader.ts";
import type { Entries } from "./catalog-store.ts";
import { checkedKey } from "./checked-key.ts";

/*
 * Which folders belong to which table: two entries for each, so that neither a commit nor a look for the owner has to go
 * through other tables. A table keeps the folders it had, since files of it stay there, until it is dropped.
 */

type ReadableEntries = Pick<Entries, "get" | "startingWith">;

/** A table, but for this one, that has the folder, one around it, or one in it. */
export function findOwner(
  entries: ReadableEntries,
  location: string,
  except?: TableIdentifier,
): TableIdentifier | undefined {
  const own = except === undefined ? undefined : tableText(except);
  const folder = folderOf(location);
  for (const [, owner] of entries.startingWith(folderKey(folder))) if (owner !== own) return parseTable(owner);
  for (const around of foldersAround(folder)) {
    const owner = entries.get(folderKey(around));
    if (owner !== undefined && owner !== own) return parseTable(owner);
  }
  return undefined;
}

/** Whether the table has had this location before. */
export function ownsFolder(entries: ReadableEntries, table: TableIdentifier, location: string): boolean {
  return foldersOf(entries, table).includes(folderOf(location));
}

export function putFolder(entries: Entries, table: TableIdentifier, location: string): void {
  const folder = folderOf(location);
  putFolders(entries, table, [...foldersOf(entries, table), folder]);
}

/** The table is dropped: its folders are anybody's. */
export function removeFolders(entries: Entries, table: TableIdentifier): void {
  for (const folder of foldersOf(entries, table)) entries.remove(folderKey(folder));
  entries.remove(foldersKey(table));
}

export function moveFolders(entries: Entries, from: TableIdentifier, to: TableIdentifier): void {
  const folders = foldersOf(entries, from);
  removeFolders(entries, from);
  putFolders(entries, to, folders);
}

function putFolders(entries: Entries, table: TableIdentifier, folders: readonly string[]): void {
  for (const folder of folders) entries.put(folderKey(folder), tableText(table));
  entries.put(foldersKey(table), stringifyJson(folders));
}

function foldersOf(entries: ReadableEntries, table: TableIdentifier): readonly string[] {
  const text = entries.get(foldersKey(table));
  return text === undefined ? [] : new JsonReader(parseJson(text)).strings();
}

const folderOf = (location: string): string => `${fileKey(location).replace(/\/+$/, "")}/`;

function foldersAround(folder: string): readonly string[] {
  const ends = [...folder.matchAll(/\//g)].map(({ index }) => index + 1);
  return ends.slice(0, -1).map((end) => folder.slice(0, end));
}

const folderKey = (folder: string): string => checkedKey(`f${folder}`);
const foldersKey = (table: TableIdentifier): string => checkedKey(`o${tableText(table)}`);

const tableText = ({ namespace, name }: TableIdentifier): string => stringifyJson([...namespace, name]);

function parseTable(text: string): TableIdentifier {
  const names = new JsonReader(parseJson(text)).strings();
  return { namespace: names.slice(0, -1), name: names.at(-1) ?? "" };
}
