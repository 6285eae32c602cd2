import { LRUCache } from "lru-cache";
import { IcebergError } from "../errors.ts";
import { parseJson } from "../spec/json.ts";
import { type AvroType, parseAvroType } from "./avro-type.ts";

/** A table's manifests have the same few schemas, so what they parse to is kept: the same text gives the same object. */
const known = new LRUCache<string, AvroType>({ max: 64 });

/** The type that a writer's schema describes. @throws IcebergError `DATA_INVALID` */
export function writerSchema(text: string): AvroType {
  const parsed = known.get(text) ?? parseAvroType(parse(text));
  known.set(text, parsed);
  return parsed;
}

function parse(text: string) {
  try {
    return parseJson(text);
  } catch (cause) {
    throw new IcebergError("DATA_INVALID", "invalid Avro file: the schema is not JSON", { cause });
  }
}
