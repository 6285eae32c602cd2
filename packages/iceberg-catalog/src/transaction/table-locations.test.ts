import { expect, it } from "vitest";
import type { TableMetadata } from "../spec/table-metadata.ts";
import { dataFileLocation, metadataFileLocation } from "./table-locations.ts";

const at = (location: string, properties: Readonly<Record<string, string>> = {}) =>
  ({ location, properties }) as TableMetadata;

it("files go below the table's location, however it ends", () => {
  for (const location of ["s3://b/t", "s3://b/t/"]) {
    expect(metadataFileLocation(at(location), "m.avro")).toBe("s3://b/t/metadata/m.avro");
    expect(dataFileLocation({ metadata: at(location) }, "day=2017-11-16", "f")).toBe("s3://b/t/data/day=2017-11-16/f");
    expect(dataFileLocation({ metadata: at(location) }, "", "f")).toBe("s3://b/t/data/f");
  }
});

it("or where the table's properties say", () => {
  const metadata = at("s3://b/t", { "write.metadata.path": "s3://m/", "write.data.path": "s3://d" });
  expect(metadataFileLocation(metadata, "m.avro")).toBe("s3://m/m.avro");
  expect(dataFileLocation({ metadata }, "p=1", "f")).toBe("s3://d/p=1/f");
});
