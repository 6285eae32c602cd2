import type { JsonObject } from "../../spec/json.ts";
import type { JsonReader } from "../../spec/json-reader.ts";
import type { Entries } from "./catalog-store.ts";

/** What a request did, in as far as its answer tells. */
export interface Effect {
  /** The metadata file that became current. */
  readonly metadataLocation?: string;
  /** The answer itself, where it is small. */
  readonly body?: JsonObject;
}

/**
 * Told of an effect inside the transaction that brings it about: what it writes is kept together with the effect or not
 * at all. When it throws, there is no effect.
 */
export type Settle = (entries: Entries, effect: Effect) => void;

export function parseEffect(json: JsonReader): Effect {
  const [location, body] = [json.optional("metadata-location")?.string(), json.optional("body")?.object()];
  return { ...(location !== undefined && { metadataLocation: location }), ...(body !== undefined && { body }) };
}

export function effectToJson({ metadataLocation, body }: Effect): JsonObject {
  return { "metadata-location": metadataLocation, body };
}
