import { describe, expect, test } from "vitest";
import { IcebergError } from "../../errors.ts";
import type { HttpRequest, HttpResponse } from "./http.ts";
import { backoffMs, mayRetry, retryAfterMs, withRetry } from "./retry.ts";

const request = (method: HttpRequest["method"]): HttpRequest => ({ method, url: "http://c", headers: {} });
const response = (status: number, headers: Record<string, string> = {}): HttpResponse => ({
  status,
  headers: new Headers(headers),
  body: "",
});
const lost = new IcebergError("SERVICE_UNAVAILABLE", "lost");

describe("sending again", () => {
  test.each([
    ["GET", response(503), true],
    ["HEAD", response(500), true],
    ["DELETE", response(504), true],
    ["GET", lost, true],
    ["GET", response(404), false],
    ["GET", response(501), false],
    ["GET", new IcebergError("AUTHENTICATION_FAILED", "no"), false],
    ["POST", response(429), true],
    ["POST", response(503, { "retry-after": "1" }), true],
    ["POST", response(503), false],
    ["POST", response(500), false],
    ["POST", response(502, { "retry-after": "1" }), false],
    ["POST", lost, false],
  ] as const)("%s after %o: %s", (method, outcome, allowed) => {
    expect(mayRetry(request(method), outcome)).toBe(allowed);
  });

  test.each([
    [lost, true],
    [response(502), true],
    [response(504), true],
    [response(503), true],
    [response(500), false],
    [response(409), false],
  ] as const)("a POST with an idempotency key after %o: %s", (outcome, allowed) => {
    expect(mayRetry({ ...request("POST"), repeatableForMs: 1000 }, outcome)).toBe(allowed);
  });

  test("ends when the catalog may have forgotten the key", async () => {
    let now = 0;
    const layer = withRetry({ maxRetries: 9, random: () => 0, now: () => now, sleep: async (ms) => (now += ms) });
    let sends = 0;
    const send = layer(async () => {
      sends++;
      return response(504);
    });
    await send({ ...request("POST"), repeatableForMs: 4000 });
    expect([sends, now]).toEqual([3, 3000]);
  });

  test.each([
    [lost, true],
    [response(503, { "retry-after": "0" }), true],
    [response(429, { "retry-after": "0" }), undefined],
  ] as const)("tells whether an earlier sending may have done it: after %o, %s", async (first, isRepeated) => {
    const outcomes = [first, response(409)];
    const layer = withRetry({ maxRetries: 1, sleep: async () => undefined });
    const answer = await layer(async () => {
      const next = outcomes.shift() ?? lost;
      if (next instanceof IcebergError) throw next;
      return next;
    })({ ...request("POST"), repeatableForMs: 60_000 });
    expect([answer.status, answer.isRepeated]).toEqual([409, isRepeated]);
  });

  test.each([
    new IcebergError("SERVICE_UNAVAILABLE", "nobody", { context: { connected: false } }),
    new IcebergError("AUTHENTICATION_FAILED", "no token"),
  ])("does not forget a sending that may have done it when the last one is not even made: %s", async (notMade) => {
    const outcomes = [lost, notMade, notMade];
    const layer = withRetry({ maxRetries: 2, sleep: async () => undefined });
    const sending = layer(async () => {
      throw outcomes.shift();
    })({ ...request("POST"), repeatableForMs: 60_000 });
    await expect(sending).rejects.toBe(lost);
  });

  test("waits longer each time, up to a limit, never in step with others", () => {
    expect([0, 1, 2, 6, 20].map((attempt) => backoffMs(attempt, 0))).toEqual([1000, 2000, 4000, 64_000, 64_000]);
    expect(backoffMs(0, 0.5)).toBe(1050);
  });

  test("waits as long as the catalog asks, in seconds or until a date", () => {
    const now = Date.parse("2026-01-01T00:00:00Z");
    expect(retryAfterMs(response(503, { "retry-after": "7" }), now)).toBe(7000);
    expect(retryAfterMs(response(503, { "retry-after": "Thu, 01 Jan 2026 00:00:30 GMT" }), now)).toBe(30_000);
    expect(retryAfterMs(response(503, { "retry-after": "Wed, 31 Dec 2025 00:00:00 GMT" }), now)).toBe(0);
    expect(retryAfterMs(response(503, { "retry-after": "soon" }), now)).toBeUndefined();
    expect(retryAfterMs(response(503), now)).toBeUndefined();
  });

  test("stops at the limit, with the last outcome", async () => {
    const waits: number[] = [];
    const layer = withRetry({ maxRetries: 2, random: () => 0, sleep: async (ms) => waits.push(ms) });
    let sends = 0;
    const failing = layer(async () => {
      sends++;
      throw lost;
    });
    await expect(failing(request("GET"))).rejects.toBe(lost);
    expect([sends, waits]).toEqual([3, [1000, 2000]]);
    expect((await layer(async () => response(503))(request("GET"))).status).toBe(503);
  });
});
