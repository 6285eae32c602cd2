import type { JsonObject } from "../spec/json.ts";
import type { JsonReader } from "../spec/json-reader.ts";
import type { TableIdentifier } from "./table-identifier.ts";

export function parseTableIdentifier(json: JsonReader): TableIdentifier {
  return { namespace: json.field("namespace").strings(), name: json.field("name").string() };
}

export function tableIdentifierToJson({ namespace, name }: TableIdentifier): JsonObject {
  return { namespace, name };
}
