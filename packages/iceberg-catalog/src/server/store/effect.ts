import type { TableIdentifier } from "../../catalog/table-identifier.ts";
import { parseTableIdentifier, tableIdentifierToJson } from "../../catalog/table-identifier-json.ts";
import type { JsonObject } from "../../spec/json.ts";
import type { JsonReader } from "../../spec/json-reader.ts";
import type { Entries } from "./catalog-store.ts";

/** What a request did, in as far as its answer tells. */
export interface Effect {
  /** The metadata that became current. */
  readonly table?: CurrentTable;
  /** The answer itself, where it is small. */
  readonly body?: JsonObject;
}

/** A table at the moment of an effect. */
export interface CurrentTable {
  readonly identifier: TableIdentifier;
  readonly uuid: string;
  readonly metadataLocation: string;
}

/**
 * Told of an effect inside the transaction that brings it about: what it writes is kept together with the effect or not
 * at all. When it throws, there is no effect.
 */
export type Settle = (entries: Entries, effect: Effect) => void;

export function parseEffect(json: JsonReader): Effect {
  const [table, body] = [json.optional("table"), json.optional("body")?.object()];
  return { ...(table !== undefined && { table: parseTable(table) }), ...(body !== undefined && { body }) };
}

export function effectToJson({ table, body }: Effect): JsonObject {
  return {
    table: table && {
      identifier: tableIdentifierToJson(table.identifier),
      uuid: table.uuid,
      "metadata-location": table.metadataLocation,
    },
    body,
  };
}

function parseTable(json: JsonReader): CurrentTable {
  return {
    identifier: parseTableIdentifier(json.field("identifier")),
    uuid: json.field("uuid").string(),
    metadataLocation: json.field("metadata-location").string(),
  };
}
