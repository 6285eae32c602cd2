import { createHash } from "node:crypto";
import type { Context } from "hono";
import { IcebergError } from "../../errors.ts";
import type { CatalogContext } from "../operations/context.ts";
import type { Effect } from "../store/effect.ts";
import { findSettledRequest, putSettledRequest, type SettledOutcome } from "../store/settled-requests.ts";
import { errorResponse, jsonResponse } from "./error-response.ts";

/** How long a request is remembered, as the catalog's config says it: an ISO 8601 duration. */
export const idempotencyKeyLifetime = "PT30M";
const lifetimeMs = 30 * 60 * 1000;

/** Answers a request again out of what it did. */
export type Replay = (context: CatalogContext, effect: Effect) => Promise<Response>;

type Work = (c: Context, context: CatalogContext) => Promise<Response>;

/**
 * A handler whose request takes effect once, however often it comes with the same `Idempotency-Key`, in whichever
 * process: the effect and the fact that it happened are written in one transaction. Refusals are remembered too;
 * failures are not, since the next attempt may succeed.
 */
export function once(context: CatalogContext, replay: Replay, work: Work): (c: Context) => Promise<Response> {
  return async (c) => {
    const key = idempotencyKey(c);
    if (key === undefined) return work(c, context);
    const request = new SettlingRequest(context, key, await digest(c));
    const settled = await request.find();
    if (settled !== undefined) return answerAgain(context, replay, settled);
    const settle: CatalogContext["settle"] = (entries, effect) => request.put(entries, { kind: "effect", effect });
    const answer = await work(c, { ...context, settle }).catch(errorResponse);
    if (!isRefusal(answer.status)) return answer;
    const first = await request.settle({ kind: "error", status: answer.status, body: await answer.clone().text() });
    return first === undefined ? answer : answerAgain(context, replay, first);
  };
}

/** One request, known by its key. */
class SettlingRequest {
  private readonly context: CatalogContext;
  private readonly key: string;
  private readonly request: string;

  constructor(context: CatalogContext, key: string, request: string) {
    this.context = context;
    this.key = key;
    this.request = request;
  }

  /** @throws IcebergError `INVALID_ARGUMENT` for a key that another request has */
  find(): Promise<SettledOutcome | undefined> {
    return this.context.store.read((entries) => this.findIn(entries));
  }

  /** @throws IcebergError `COMMIT_CONFLICT` when the request has taken effect meanwhile */
  put(entries: Parameters<typeof putSettledRequest>[0], outcome: SettledOutcome): void {
    if (this.findIn(entries) !== undefined) throw new IcebergError("COMMIT_CONFLICT", "the request came twice at once");
    const nowMs = this.context.now();
    putSettledRequest(entries, this.key, { request: this.request, untilMs: nowMs + lifetimeMs, outcome }, nowMs);
  }

  /** Remembers the outcome, or gives the one that came first. */
  settle(outcome: SettledOutcome): Promise<SettledOutcome | undefined> {
    return this.context.store.transact((entries) => {
      const first = this.findIn(entries);
      if (first === undefined) this.put(entries, outcome);
      return first;
    });
  }

  private findIn(entries: Parameters<typeof findSettledRequest>[0]): SettledOutcome | undefined {
    const settled = findSettledRequest(entries, this.key, this.context.now());
    if (settled === undefined || settled.request === this.request) return settled?.outcome;
    throw new IcebergError("INVALID_ARGUMENT", `the idempotency key ${this.key} was used for another request`);
  }
}

async function answerAgain(context: CatalogContext, replay: Replay, outcome: SettledOutcome): Promise<Response> {
  switch (outcome.kind) {
    case "effect":
      return replay(context, outcome.effect);
    case "error":
      return jsonResponse(outcome.body, outcome.status);
  }
}

const uuidVersion7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i;

function idempotencyKey(c: Context): string | undefined {
  const key = c.req.header("idempotency-key");
  if (key === undefined || uuidVersion7.test(key)) return key?.toLowerCase();
  throw new IcebergError("INVALID_ARGUMENT", `Idempotency-Key "${key.slice(0, 80)}" is no UUID of version 7`);
}

async function digest(c: Context): Promise<string> {
  const { pathname, search } = new URL(c.req.url);
  const hash = createHash("sha256").update(`${c.req.method} ${pathname}${search}\n`);
  return hash.update(await c.req.text()).digest("base64url");
}

/** A refusal that the same request would meet again. Who asks, and how often, is not part of the request. */
function isRefusal(status: number): boolean {
  return status >= 400 && status < 500 && status !== 401 && status !== 429;
}
