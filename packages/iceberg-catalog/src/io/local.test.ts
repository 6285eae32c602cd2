import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { describeFileIO } from "./file-io.suite.ts";
import type { ByteRange } from "./file-io.ts";
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

  test("are written a part at a time, whole", async () => {
    const folder = await mkdtemp(join(tmpdir(), "icecore-io-"));
    const bytes = Uint8Array.from({ length: 9 * 1024 * 1024 }, (_, i) => (i * 7) % 251);
    const lengths: number[] = [];
    const read = async ({ offset, length }: ByteRange) => {
      lengths.push(length);
      return bytes.subarray(offset, offset + length);
    };
    await localFileIO().write(`${folder}/f`, { size: bytes.length, read });
    expect(lengths.length).toBeGreaterThan(1);
    expect(Buffer.compare(await localFileIO().read(`${folder}/f`), bytes)).toBe(0);
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
