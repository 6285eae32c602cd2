import { createHash, createHmac } from "node:crypto";
import type { IncomingMessage } from "node:http";

const hex = (data: string | Uint8Array): string => createHash("sha256").update(data).digest("hex");
const hmac = (key: string | Uint8Array, data: string): Buffer => createHmac("sha256", key).update(data).digest();
const header = /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\S+), SignedHeaders=(\S+), Signature=([0-9a-f]{64})$/;

/** Whether the request carries a right AWS signature (version 4) of `secret`, over the path as it stands on the wire. */
export function isSigned(request: IncomingMessage, body: Uint8Array, secret: string): boolean {
  const [, , scope, names, signature] = header.exec(request.headers.authorization ?? "") ?? [];
  if (scope === undefined || names === undefined) return false;
  const payloadHash = request.headers["x-amz-content-sha256"];
  if (payloadHash !== hex(body)) return false;
  const [path, query = ""] = (request.url ?? "").split("?");
  const canonical = [
    request.method,
    path,
    query
      .split("&")
      .filter((pair) => pair !== "")
      .map((pair) => (pair.includes("=") ? pair : `${pair}=`))
      .sort()
      .join("&"),
    ...names.split(";").map((name) => `${name}:${String(request.headers[name]).trim()}`),
    "",
    names,
    payloadHash,
  ].join("\n");
  const text = ["AWS4-HMAC-SHA256", request.headers["x-amz-date"], scope, hex(canonical)].join("\n");
  const key = scope.split("/").reduce<string | Uint8Array>(hmac, `AWS4${secret}`);
  return hmac(key, text).toString("hex") === signature;
}
