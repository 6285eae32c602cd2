import { parseJson, stringifyJson } from "../../spec/json.ts";
import { JsonReader } from "../../spec/json-reader.ts";
import type { Entries } from "./catalog-store.ts";
import { type Effect, effectToJson, parseEffect } from "./effect.ts";

type ReadableEntries = Pick<Entries, "get" | "startingWith">;

/** What became of a request that came with an idempotency key. */
export interface SettledRequest {
  /** A digest of the request: a key belongs to one request alone. */
  readonly request: string;
  /** Until when it is remembered, in milliseconds since 1970. */
  readonly untilMs: number;
  readonly outcome: SettledOutcome;
}

export type SettledOutcome =
  | { readonly kind: "effect"; readonly effect: Effect }
  | { readonly kind: "error"; readonly status: number; readonly body: string };

const prefix = "i";

/** Removed with each one that is put, so that they do not pile up. */
const maxRemovals = 100;

export function findSettledRequest(entries: ReadableEntries, key: string, nowMs: number): SettledRequest | undefined {
  const text = entries.get(prefix + key);
  if (text === undefined) return undefined;
  const settled = parseSettledRequest(text);
  return settled.untilMs > nowMs ? settled : undefined;
}

export function putSettledRequest(entries: Entries, key: string, settled: SettledRequest, nowMs: number): void {
  forgetExpired(entries, nowMs);
  entries.put(prefix + key, settledRequestToJson(settled));
}

/** Keys are of version 7, so the oldest come first. */
function forgetExpired(entries: Entries, nowMs: number): void {
  const expired: string[] = [];
  for (const [key, text] of entries.startingWith(prefix)) {
    if (expired.length === maxRemovals || parseSettledRequest(text).untilMs > nowMs) break;
    expired.push(key);
  }
  for (const key of expired) entries.remove(key);
}

function parseSettledRequest(text: string): SettledRequest {
  const json = new JsonReader(parseJson(text));
  return {
    request: json.field("request").string(),
    untilMs: json.field("until-ms").integer(),
    outcome: parseOutcome(json),
  };
}

function parseOutcome(json: JsonReader): SettledOutcome {
  const effect = json.optional("effect");
  if (effect !== undefined) return { kind: "effect", effect: parseEffect(effect) };
  return { kind: "error", status: json.field("status").integer(), body: json.field("body").string() };
}

function settledRequestToJson({ request, untilMs, outcome }: SettledRequest): string {
  const common = { request, "until-ms": BigInt(untilMs) };
  switch (outcome.kind) {
    case "effect":
      return stringifyJson({ ...common, effect: effectToJson(outcome.effect) });
    case "error":
      return stringifyJson({ ...common, status: BigInt(outcome.status), body: outcome.body });
  }
}
