import { setTimeout as sleep } from "node:timers/promises";
import { IcebergError } from "../../errors.ts";
import { mayHaveArrived } from "./fetch-send.ts";
import type { HttpRequest, HttpResponse, Layer } from "./http.ts";

export interface RetryOptions {
  readonly maxRetries: number;
  readonly sleep?: (ms: number) => Promise<unknown>;
  /** In [0, 1): spreads clients that failed together. */
  readonly random?: () => number;
  readonly now?: () => number;
}

const transient = new Set([408, 429, 500, 502, 503, 504]);
const maxDelayMs = 64_000;

/** Sends again what the protocol allows to send again. */
export function withRetry(options: RetryOptions): Layer {
  const { maxRetries, sleep: wait = sleep, random = Math.random, now = Date.now } = options;
  const delayMs = (outcome: Outcome, attempt: number): number => {
    const asked = outcome instanceof IcebergError ? undefined : retryAfterMs(outcome, now());
    return asked ?? backoffMs(attempt, random());
  };
  return (next) => async (request) => {
    const deadline = now() + (request.repeatableForMs ?? Number.POSITIVE_INFINITY);
    const outcomes = [await outcomeOf(next(request))];
    for (let attempt = 0; attempt < maxRetries; attempt++) {
      const outcome = outcomes.at(-1);
      if (outcome === undefined || !mayRetry(request, outcome)) break;
      const delay = delayMs(outcome, attempt);
      if (now() + delay >= deadline) break;
      await wait(delay);
      outcomes.push(await outcomeOf(next(request)));
    }
    return conclusion(outcomes);
  };
}

/** What all sendings together came to. That the last one found nobody does not mean that one before it did not. */
function conclusion(outcomes: readonly Outcome[]): HttpResponse {
  const uncertain = outcomes.slice(0, -1).findLast((outcome) => !isHarmless(outcome));
  const last = outcomes.at(-1);
  const telling = last !== undefined && isHarmless(last) ? (uncertain ?? last) : last;
  if (telling === undefined || telling instanceof IcebergError) throw telling;
  return uncertain === undefined ? telling : { ...telling, isRepeated: true };
}

type Outcome = HttpResponse | IcebergError;

function outcomeOf(answer: Promise<HttpResponse>): Promise<Outcome> {
  return answer.catch((error: unknown) => {
    if (error instanceof IcebergError) return error;
    throw error;
  });
}

/**
 * Reading and deleting may be repeated, and what carries an idempotency key, unless the catalog itself failed at it (500):
 * it would again. Another POST may only when the server said that it did not do it. A lost connection says nothing of the
 * kind.
 */
export function mayRetry(request: HttpRequest, outcome: Outcome): boolean {
  const isPost = request.method === "POST";
  if (isPost && request.repeatableForMs === undefined) return wasRefused(outcome);
  if (outcome instanceof IcebergError) return outcome.code === "SERVICE_UNAVAILABLE";
  return transient.has(outcome.status) && !(isPost && outcome.status === 500);
}

/** Whether the server said that it did not do what it was asked: 429, or 503 with `Retry-After`. */
function wasRefused(outcome: Outcome): boolean {
  if (outcome instanceof IcebergError) return false;
  return outcome.status === 429 || (outcome.status === 503 && outcome.headers.get("retry-after") !== null);
}

/** Whether this sending has certainly not taken effect. A gateway's 503 may hide that the catalog did it after all. */
function isHarmless(outcome: Outcome): boolean {
  if (!(outcome instanceof IcebergError)) return outcome.status === 429;
  return outcome.code !== "SERVICE_UNAVAILABLE" || !mayHaveArrived(outcome);
}

/** Exponential from one second, up to a tenth longer by chance. */
export function backoffMs(attempt: number, random: number): number {
  return Math.min(1000 * 2 ** attempt, maxDelayMs) * (1 + 0.1 * random);
}

/** `Retry-After` in seconds or as a date, at most a minute; undefined when it is neither. */
export function retryAfterMs(response: HttpResponse, now: number): number | undefined {
  const text = response.headers.get("retry-after");
  if (text === null) return undefined;
  const delay = /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text) - now;
  return Number.isNaN(delay) ? undefined : Math.min(Math.max(delay, 0), maxDelayMs);
}
