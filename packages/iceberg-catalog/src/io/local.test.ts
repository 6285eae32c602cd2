import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { describeFileIO } from "./file-io.suite.ts";
import { fromSystemError } from "./io-error.ts";
import { localFileIO, localPath } from "./local.ts";

for (const scheme of ["file://", "file:", ""]) {
  describeFileIO(`local, "${scheme}/..."`, async () => {
    const folder = await mkdtemp(join(tmpdir(), "icecore io-"));
    return { io: localFileIO(), root: `${scheme}${folder}`, close: () => rm(folder, { recursive: true }) };
  });
}

describe("local files", () => {
  test("are found under the path that the location spells", () => {
    expect(localPath("file:///a b/%20")).toBe("/a b/%20");
    expect(localPath("file:/a")).toBe("/a");
    expect(localPath("/a")).toBe("/a");
    expect(localPath("s3://bucket/a")).toBeUndefined();
    expect(localPath("file://host/a")).toBeUndefined();
  });

  test("leave nothing behind when a write is refused", async () => {
    const folder = await mkdtemp(join(tmpdir(), "icecore-io-"));
    const io = localFileIO();
    await io.write(`${folder}/f`, Uint8Array.of(1));
    await expect(io.write(`${folder}/f`, Uint8Array.of(2))).rejects.toMatchObject({ code: "FILE_EXISTS" });
    expect(await readdir(folder)).toEqual(["f"]);
    await rm(folder, { recursive: true });
  });

  test("of other schemes are refused", async () => {
    await expect(localFileIO().read("s3://bucket/key")).rejects.toMatchObject({ code: "UNSUPPORTED" });
  });

  test("report a full disk as such", () => {
    const full = Object.assign(new Error("ENOSPC: no space left on device, write"), { code: "ENOSPC" });
    expect(fromSystemError(full, "file:///f").code).toBe("STORAGE_FULL");
  });
});
