import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { serveS3 } from "../testing/s3-server.ts";
import { describeFileIO } from "./file-io.suite.ts";
import { localFileIO } from "./local.ts";
import { s3FileIO } from "./s3.ts";
import { fileIOByScheme } from "./scheme-file-io.ts";

describeFileIO("by scheme, file:", async () => {
  const folder = await mkdtemp(join(tmpdir(), "icecore-scheme-"));
  const io = fileIOByScheme({ file: localFileIO() });
  return { io, root: `file://${folder}`, close: () => rm(folder, { recursive: true }) };
});

describeFileIO("by scheme, s3a:", async () => {
  const server = await serveS3();
  const io = fileIOByScheme({ file: localFileIO(), s3: s3FileIO(server.options) });
  return { io, root: "s3a://bucket", close: async () => server[Symbol.asyncDispose]() };
});

test.each([
  ["gs://bucket/key", "gs: locations like this cannot be reached here; known: file:"],
  ["s3://bucket/key", "s3: locations"],
  ["relative/path", "paths without a scheme"],
])("%s is refused by name", async (location, message) => {
  const io = fileIOByScheme({ file: localFileIO() });
  const refused = { code: "UNSUPPORTED", message: expect.stringContaining(message) };
  for (const work of [io.exists, io.stat, io.read, io.delete])
    await expect(work(location)).rejects.toMatchObject(refused);
  await expect(io.write(location, new Uint8Array())).rejects.toMatchObject(refused);
});
