import { inspect } from "node:util";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { refusal } from "../testing/s3-answers.ts";
import { type S3Fault, type S3Server, serveS3 } from "../testing/s3-server.ts";
import { describeFileIO } from "./file-io.suite.ts";
import type { FileIO } from "./file-io.ts";
import { fromS3Error } from "./s3/error.ts";
import { s3FileIO } from "./s3.ts";
import { describeS3Keys } from "./s3-keys.suite.ts";

for (const partBytes of [undefined, 100]) {
  describeFileIO(`S3, ${partBytes === undefined ? "objects at once" : "objects in parts"}`, async () => {
    const server = await serveS3();
    const io = s3FileIO({ ...server.options, ...(partBytes !== undefined && { partBytes }) });
    return { io, root: "s3://bucket/ware house", close: async () => server[Symbol.asyncDispose]() };
  });
}

describeS3Keys("the server of the tests, which checks signatures", async () => {
  const server = await serveS3();
  return { io: s3FileIO(server.options), bucket: "bucket", close: async () => server[Symbol.asyncDispose]() };
});

describe("S3", () => {
  const location = "s3://bucket/a";
  const bytes = Uint8Array.from({ length: 1000 }, (_, i) => i % 251);
  let server: S3Server;
  let io: FileIO;
  beforeEach(async () => {
    server = await serveS3();
    io = s3FileIO({ ...server.options, maxAttempts: 2, timeoutMs: 200 });
  });
  afterEach(async () => server[Symbol.asyncDispose]());

  /** The next requests of `method` meet these faults; those after them none. */
  const meet = (method: string, ...faults: (S3Fault | undefined)[]) => {
    server.fault = (request) => (request.method === method ? faults.shift() : undefined);
  };
  const slowDown = refusal(503, "SlowDown");

  test("is asked again when it is busy, and given up in the end", async () => {
    await io.write(location, bytes);
    meet("GET", slowDown);
    expect(await io.read(location)).toHaveLength(1000);
    meet("GET", slowDown, slowDown);
    await expect(io.read(location)).rejects.toMatchObject({ code: "SERVICE_UNAVAILABLE" });
  });

  test.each(["truncate the body", "stall in the body"] as const)(
    "is asked again when it does this: %s",
    async (fault) => {
      await io.write(location, bytes);
      meet("GET", fault, fault);
      expect(Uint8Array.from(await io.read(location))).toEqual(bytes);
      meet("GET", fault);
      expect(Uint8Array.from(await io.read(location, { offset: 2, length: 9 }))).toEqual(bytes.slice(2, 11));
      meet("GET", fault, fault, fault);
      await expect(io.read(location)).rejects.toMatchObject({ code: "SERVICE_UNAVAILABLE" });
    },
  );

  test("has the file when only the answer to the write was lost", async () => {
    meet("PUT", "lose the answer");
    await io.write(location, bytes);
    meet("POST", undefined, "lose the answer");
    await s3FileIO({ ...server.options, partBytes: 300 }).write("s3://bucket/parts", bytes);
    expect(Uint8Array.from(await io.read("s3://bucket/parts"))).toEqual(bytes);
    expect(server.store.uploads.size).toBe(0);
  });

  test("has the other's file when that came between the attempts", async () => {
    meet("PUT", slowDown);
    const other = s3FileIO(server.options);
    server.fault = ({ method, headers }) => {
      if (method !== "PUT") return undefined;
      server.fault = () => undefined;
      server.store.objects.set("/bucket/a", { bytes: Uint8Array.of(1), metadata: {} });
      return headers["content-length"] === "1000" ? slowDown : undefined;
    };
    await expect(io.write(location, bytes)).rejects.toMatchObject({ code: "FILE_EXISTS" });
    expect(await other.stat(location)).toEqual({ size: 1 });
  });

  test("lets writers that meet in the same moment begin again", async () => {
    meet("PUT", refusal(409, "ConditionalRequestConflict"));
    await io.write(location, bytes);
    expect(await io.stat(location)).toEqual({ size: 1000 });
  });

  test("keeps no parts of an upload that fails", async () => {
    const parts = s3FileIO({ ...server.options, partBytes: 100 });
    let count = 0;
    server.fault = ({ method }) => (method === "PUT" && ++count === 5 ? refusal(403, "AccessDenied") : undefined);
    await expect(parts.write(location, bytes)).rejects.toMatchObject({ code: "FORBIDDEN" });
    expect(server.store.uploads.size).toBe(0);
    expect(server.store.objects.size).toBe(0);
  });

  test("says when parts of a failed upload are left", async () => {
    const parts = s3FileIO({ ...server.options, partBytes: 100 });
    server.fault = ({ method, query }) =>
      (method === "PUT" || method === "DELETE") && query.has("uploadId") ? refusal(403, "AccessDenied") : undefined;
    await expect(parts.write(location, bytes)).rejects.toMatchObject({
      code: "FORBIDDEN",
      message: expect.stringContaining("parts could not be removed"),
    });
  });

  test.each([
    [403, "AccessDenied", "FORBIDDEN", "credentials"],
    [400, "ExpiredToken", "FORBIDDEN", "expired"],
    [400, "AuthorizationHeaderMalformed", "INVALID_ARGUMENT", "s3.region"],
    [404, "NoSuchBucket", "FILE_NOT_FOUND", "bucket"],
    [501, "NotImplemented", "UNSUPPORTED", "If-None-Match"],
    [507, "InsufficientStorage", "STORAGE_FULL", "space"],
    [418, "Teapot", "IO_FAILED", "Teapot"],
  ])("that answers %i %s fails with %s", async (status, reason, code, mend) => {
    server.fault = () => refusal(status, reason);
    for (const work of [io.read(location), io.write(location, bytes)]) {
      await expect(work).rejects.toMatchObject({ code, message: expect.stringContaining(mend) });
    }
  });

  test("that nobody serves fails as unavailable", async () => {
    await server[Symbol.asyncDispose]();
    await expect(io.read(location)).rejects.toMatchObject({ code: "SERVICE_UNAVAILABLE" });
    server = await serveS3();
  });

  test.each([
    ["Region is missing", "Error", "INVALID_ARGUMENT", "s3.region"],
    ["Could not load credentials", "CredentialsProviderError", "AUTHENTICATION_FAILED", "s3.access-key-id"],
  ])("that was not set up (%s) fails with how to", (message, name, code, mend) => {
    const error = fromS3Error(Object.assign(new Error(message), { name }), location);
    expect(error).toMatchObject({ code, message: expect.stringContaining(mend) });
  });

  test("keeps secrets to itself, whatever the server repeats", async () => {
    const credentials = { accessKeyId: "test-key", secretAccessKey: "the-secret", sessionToken: "the-token" };
    const error = await s3FileIO({ ...server.options, credentials })
      .read(location)
      .catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: "FORBIDDEN", message: expect.stringContaining("SignatureDoesNotMatch") });
    expect(inspect(error, { depth: 10, showHidden: true })).not.toMatch(/the-secret|the-token/);
  });

  test.each(["s3://bucket", "s3://bucket/", "s3:///key", "s3:bucket/key"])("has no file %s", async (name) => {
    await expect(io.read(name)).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
    await expect(io.write(name, bytes)).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
  });

  test("has no files of other schemes", async () => {
    await expect(io.read("gs://bucket/key")).rejects.toMatchObject({ code: "UNSUPPORTED" });
  });
});
