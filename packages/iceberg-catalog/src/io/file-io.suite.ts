import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ByteRange, FileIO } from "./file-io.ts";

/** What every FileIO promises. `open` gives a FileIO and a location under which it may write. */
export function describeFileIO(
  name: string,
  open: () => Promise<{ readonly io: FileIO; readonly root: string; readonly close: () => Promise<void> }>,
): void {
  describe(`FileIO: ${name}`, () => {
    let io: FileIO;
    let root: string;
    let close: () => Promise<void>;
    beforeAll(async () => {
      ({ io, root, close } = await open());
    });
    afterAll(() => close());

    const bytes = Uint8Array.from({ length: 1000 }, (_, i) => i % 251);

    test("gives back what was written, whole or in part", async () => {
      const location = `${root}/data/a.bin`;
      await io.write(location, bytes);
      expect(Uint8Array.from(await io.read(location))).toEqual(bytes);
      expect(Uint8Array.from(await io.read(location, { offset: 990, length: 10 }))).toEqual(bytes.slice(990));
      expect(Uint8Array.from(await io.read(location, { offset: 0, length: 0 }))).toEqual(new Uint8Array());
      expect(await io.stat(location)).toEqual({ size: 1000 });
      expect(await io.exists(location)).toBe(true);
    });

    test("says so when a file is not there", async () => {
      const location = `${root}/nowhere/b.bin`;
      expect(await io.exists(location)).toBe(false);
      await expect(io.read(location)).rejects.toMatchObject({ code: "FILE_NOT_FOUND" });
      await expect(io.read(location, { offset: 0, length: 1 })).rejects.toMatchObject({ code: "FILE_NOT_FOUND" });
      await expect(io.stat(location)).rejects.toMatchObject({ code: "FILE_NOT_FOUND" });
    });

    test("fails rather than read past the end", async () => {
      const location = `${root}/short.bin`;
      await io.write(location, bytes);
      await expect(io.read(location, { offset: 999, length: 2 })).rejects.toMatchObject({ code: "IO_FAILED" });
    });

    test("never overwrites", async () => {
      const location = `${root}/once.bin`;
      await io.write(location, bytes);
      await expect(io.write(location, new Uint8Array(3))).rejects.toMatchObject({ code: "FILE_EXISTS" });
      expect(await io.stat(location)).toEqual({ size: 1000 });
    });

    test("lets one of several writers of the same file win", async () => {
      const location = `${root}/race.bin`;
      const outcomes = await Promise.allSettled(
        Array.from({ length: 8 }, (_, i) => io.write(location, Uint8Array.of(i))),
      );
      expect(outcomes.filter((outcome) => outcome.status === "fulfilled")).toHaveLength(1);
    });

    test("writes what it reads a part at a time", async () => {
      const location = `${root}/parts.bin`;
      const read = async ({ offset, length }: ByteRange) => bytes.subarray(offset, offset + length);
      await io.write(location, { size: bytes.length, read });
      expect(Uint8Array.from(await io.read(location))).toEqual(bytes);
      const failing = io.write(`${location}-2`, {
        size: bytes.length,
        read: () => Promise.reject(new Error("broken")),
      });
      await expect(failing).rejects.toThrow("broken");
      expect(await io.exists(`${location}-2`)).toBe(false);
    });

    test("deletes, and does not mind a file that is gone", async () => {
      const location = `${root}/gone.bin`;
      await io.write(location, bytes);
      await io.delete(location);
      await io.delete(location);
      expect(await io.exists(location)).toBe(false);
    });

    test("takes locations as they are", async () => {
      const names = ["with space", "p=a%2Fb", "ünïcode ☃", "plus+and&#?", "a%20b"];
      for (const name of names) await io.write(`${root}/${name}/f`, new TextEncoder().encode(name));
      for (const name of names) expect(new TextDecoder().decode(await io.read(`${root}/${name}/f`))).toBe(name);
    });

    test("lists what is under a folder, at any depth, and nothing beside it", async () => {
      const names = ["a", "b/c", "b/d/e", "with space/p=a%2Fb/f", "\u2603"];
      for (const [i, name] of names.entries()) await io.write(`${root}/listed/${name}`, new Uint8Array(i));
      await io.write(`${root}/listed-not/x`, bytes);
      for (const folder of [`${root}/listed`, `${root}/listed/`]) {
        const found = [];
        for await (const file of io.list(folder)) found.push(file);
        const expected = names.map((name, i) => [`${root}/listed/${name}`, i]);
        expect(found.map(({ location, size }) => [location, size]).sort()).toEqual(expected.sort());
        expect(found.every(({ lastModifiedMs }) => lastModifiedMs > 0)).toBe(true);
      }
      await io.delete(`${root}/listed/b/c`);
      const left = [];
      for await (const { location } of io.list(`${root}/listed/b`)) left.push(location);
      expect(left).toEqual([`${root}/listed/b/d/e`]);
    });

    test("lists nothing where there is no folder", async () => {
      for await (const file of io.list(`${root}/no/such/folder`)) expect.fail(file.location);
    });

    test("keeps the bytes when the caller reuses its buffer", async () => {
      const location = `${root}/copy.bin`;
      const buffer = Uint8Array.of(1, 2, 3);
      await io.write(location, buffer);
      buffer.fill(0);
      expect(Uint8Array.from(await io.read(location))).toEqual(Uint8Array.of(1, 2, 3));
    });
  });
}
