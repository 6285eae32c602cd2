import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import type { WriteContent } from "../../io/file-io.ts";
import { memoryFileIO } from "../../io/memory.ts";
import { s3FileIO } from "../../io/s3.ts";
import { serveS3 } from "../../testing/s3-server.ts";
import { openOutputFolder } from "./output-folder.ts";

const bytes = Uint8Array.from({ length: 100_000 }, (_, i) => i % 251);

it("uploads a file a part at a time, so that memory does not depend on how large it is", async () => {
  const lengths: number[] = [];
  await using server = await serveS3();
  const s3 = s3FileIO({ ...server.options, partBytes: 20_000 });
  const observed = (content: WriteContent): WriteContent => {
    if (content instanceof Uint8Array) throw new Error("the whole file at once");
    return {
      size: content.size,
      read: (range) => {
        lengths.push(range.length);
        return content.read(range);
      },
    };
  };
  const io = { ...s3, write: (location: string, content: WriteContent) => s3.write(location, observed(content)) };
  const folder = await openOutputFolder(io, (name) => `s3://bucket/t/${name}`);
  await writeFile(join(folder.path, "a"), bytes);
  await folder.publish("a");
  await folder.close();
  expect(lengths).toEqual(Array(5).fill(20_000));
  expect(Buffer.compare(await s3.read("s3://bucket/t/a"), bytes)).toBe(0);
});

it("takes away what it has uploaded, and nothing else", async () => {
  const io = memoryFileIO();
  const folder = await openOutputFolder(io, (name) => `memory://t/${name}`);
  for (const name of ["a-1", "a-2", "b-1"]) {
    await writeFile(join(folder.path, name), bytes);
    await folder.publish(name);
  }
  await folder.remove("a");
  await folder.close();
  const left: string[] = [];
  for await (const { location } of io.list("memory://t")) left.push(location);
  expect(left).toEqual(["memory://t/b-1"]);
});
