import type { JsonReader } from "../spec/json-reader.ts";
import type { StorageCredential } from "./catalog.ts";

/** Reads the credentials of a loaded table, and those that the catalog gives anew. */
export function parseStorageCredentials(json: JsonReader): readonly StorageCredential[] {
  return json.items("storage-credentials").map((credential) => ({
    prefix: credential.field("prefix").string(),
    config: parseStorageConfig(credential.field("config")),
  }));
}

/** Values may be secrets: an error names the key alone. */
export function parseStorageConfig(json: JsonReader | undefined): Readonly<Record<string, string>> {
  const entries = json?.members().map(([key, { value }]) => {
    if (typeof value !== "string") throw json.invalid(`"${key}" is not a string`);
    return [key, value] as const;
  });
  return Object.fromEntries(entries ?? []);
}
