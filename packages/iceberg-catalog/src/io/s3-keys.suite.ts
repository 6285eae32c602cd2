import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { FileIO } from "./file-io.ts";

const keys = [
  "a%2Fb",
  "a%20b",
  "a+b",
  "a b",
  "ü",
  "☃/𝄞",
  "p=1/q=",
  "a//b",
  "a/b",
  "/leading",
  "trailing/",
  "!'()*~",
  "?q=1&r#f",
  'a"<>&b',
  "dots../.hidden",
];

/** Keys that clients like to rewrite: each must be a file of its own. */
export function describeS3Keys(
  name: string,
  open: () => Promise<{ readonly io: FileIO; readonly bucket: string; readonly close: () => Promise<void> }>,
): void {
  describe(`S3 keys: ${name}`, () => {
    let files: Awaited<ReturnType<typeof open>>;
    beforeAll(async () => {
      files = await open();
      for (const key of keys) await files.io.write(`s3://${files.bucket}/${key}`, new TextEncoder().encode(key));
    });
    afterAll(() => files.close());

    test("all of them, as a listing tells them", async () => {
      for (const scheme of ["s3", "s3a", "s3n"]) {
        const found = [];
        for await (const { location } of files.io.list(`${scheme}://${files.bucket}`)) found.push(location);
        expect(found.sort()).toEqual(keys.map((key) => `${scheme}://${files.bucket}/${key}`).sort());
      }
    });

    test.each(keys)("%s", async (key) => {
      for (const scheme of ["s3", "s3a", "s3n"]) {
        const location = `${scheme}://${files.bucket}/${key}`;
        expect(new TextDecoder().decode(await files.io.read(location))).toBe(key);
        await expect(files.io.write(location, new Uint8Array())).rejects.toMatchObject({ code: "FILE_EXISTS" });
      }
    });
  });
}
