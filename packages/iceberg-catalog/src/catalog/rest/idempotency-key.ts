import { randomBytes } from "node:crypto";
import { bytesToHex } from "../../spec/hex.ts";
import { type RouteName, routes } from "./routes.ts";

/** A key for one request, as the protocol wants it: a UUID of version 7 (RFC 9562), which begins with the time. */
export function newIdempotencyKey(nowMs: number = Date.now(), random: Uint8Array = randomBytes(10)): string {
  const time = nowMs.toString(16).padStart(12, "0");
  const bytes = Uint8Array.from(random);
  bytes[0] = ((bytes[0] ?? 0) & 0x0f) | 0x70;
  bytes[2] = ((bytes[2] ?? 0) & 0x3f) | 0x80;
  const hex = bytesToHex(bytes);
  return `${time.slice(0, 8)}-${time.slice(8)}-${hex.slice(0, 4)}-${hex.slice(4, 8)}-${hex.slice(8)}`;
}

/** Whether repeating the operation could do something that doing it once does not. */
export function takesEffect(route: RouteName): boolean {
  const { method } = routes[route];
  return (method === "POST" || method === "DELETE") && route !== "reportMetrics";
}

const pattern = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)(?:\.\d+)?S)?)?$/i;

/** Milliseconds of an ISO 8601 duration of days and less; undefined for any other text. */
export function durationMs(text: string): number | undefined {
  const match = pattern.exec(text);
  if (match === null) return undefined;
  const [days = 0, hours = 0, minutes = 0, seconds = 0] = match.slice(1).map((part) => Number(part ?? 0));
  return (((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000;
}
