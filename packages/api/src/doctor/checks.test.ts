import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { localFileIO, s3FileIO } from "@icecore/iceberg-catalog";
import { expect, it } from "vitest";
import { checkNode } from "./check-runtime.ts";
import { checkStorage } from "./check-storage.ts";

const s3 = (endpoint: string, pathStyle: boolean) =>
  s3FileIO({ endpoint, pathStyle, maxAttempts: 1, credentials: { accessKeyId: "a", secretAccessKey: "b" } });

it("a Node that is too old fails", () => {
  expect(checkNode("20.18.3")).toMatchObject({ status: "failed", mend: "install Node 20.19 or later" });
  expect([checkNode("20.19.0"), checkNode("24.1.0")]).toMatchObject([{ status: "ok" }, { status: "ok" }]);
});

it("storage is written to and left as it was", async () => {
  const folder = await mkdtemp(join(tmpdir(), "icecore-doctor-"));
  try {
    expect(await checkStorage(localFileIO(), folder)).toMatchObject({ status: "ok" });
    const left: unknown[] = [];
    for await (const file of localFileIO().list(folder)) left.push(file);
    expect(left).toEqual([]);
  } finally {
    await rm(folder, { recursive: true });
  }
});

it("an S3 endpoint that nobody serves, and buckets in host names that are not known", async () => {
  expect(await checkStorage(s3("http://127.0.0.1:1", true), "s3://bucket/folder")).toMatchObject({
    status: "failed",
    mend: expect.stringContaining("nothing listens there"),
  });
  expect(await checkStorage(s3("http://no-such-host.invalid", false), "s3://bucket/folder")).toMatchObject({
    status: "failed",
    mend: expect.stringContaining(`set "s3.path-style-access"`),
  });
});
