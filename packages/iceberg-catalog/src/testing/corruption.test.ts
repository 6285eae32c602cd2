import { readFileSync } from "node:fs";
import fc from "fast-check";
import { expect, test } from "vitest";
import { IcebergError } from "../errors.ts";
import { readManifest } from "../manifest/read-manifest.ts";
import { readManifestList } from "../manifest/read-manifest-list.ts";
import { parseJson, stringifyJson } from "../spec/json.ts";
import { JsonReader } from "../spec/json-reader.ts";
import type { ManifestFile } from "../spec/manifest.ts";
import { decodeMetadataFile } from "../spec/table-metadata-file.ts";
import { parseTableMetadata, tableMetadataToJson } from "../spec/table-metadata-json.ts";
import { corrupted, corruptedJson, withoutCompression } from "./corruption.ts";
import { golden, goldenSchema, goldenSpec } from "./golden.ts";

const [manifestFile] = readManifestList(golden.manifestList) as [ManifestFile];
const metadata = (version: string) => readFileSync(new URL(`../spec/golden/${version}.metadata.json`, import.meta.url));

const readers: Readonly<Record<string, readonly [Uint8Array, (bytes: Uint8Array) => unknown]>> = {
  "version 1 metadata": [metadata("v1"), (bytes) => decodeMetadataFile(bytes, "v1.metadata.json")],
  "version 2 metadata": [metadata("v2"), (bytes) => decodeMetadataFile(bytes, "v2.metadata.json")],
  "a manifest list": [golden.manifestList, readManifestList],
  "a manifest list without compression": [withoutCompression(golden.manifestList), readManifestList],
  "a manifest": [golden.manifest, readAll],
  "a manifest without compression": [withoutCompression(golden.manifest), readAll],
};

function readAll(bytes: Uint8Array): unknown {
  return [...readManifest(bytes, manifestFile, { spec: goldenSpec, schema: goldenSchema })];
}

test.each(Object.entries(readers))("%s that is corrupt is read or refused, never anything else", (_, [bytes, read]) => {
  expect(read(bytes)).toBeDefined();
  let refusals = 0;
  fc.assert(
    fc.property(corrupted(bytes), (corrupt) => {
      try {
        read(corrupt);
      } catch (error) {
        expect(error).toBeInstanceOf(IcebergError);
        refusals++;
      }
    }),
    { numRuns: 2000 },
  );
  expect(refusals).toBeGreaterThan(500);
});

test.each(["v1", "v2"])("%s metadata with odd values is read or refused, never anything else", (version) => {
  const json = parseJson(metadata(version).toString());
  fc.assert(
    fc.property(corruptedJson(json), (corrupt) => {
      try {
        const parsed = parseTableMetadata(new JsonReader(corrupt));
        stringifyJson(tableMetadataToJson(parsed));
      } catch (error) {
        expect(error).toBeInstanceOf(IcebergError);
      }
    }),
    { numRuns: 4000 },
  );
});
