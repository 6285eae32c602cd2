import { describe, expect, it } from "vitest";
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

describe("spread over an object store", () => {
  const enabled = { "write.object-storage.enabled": "true" };
  const locate = (properties: Readonly<Record<string, string>>, partitionPath: string, name: string) =>
    dataFileLocation({ metadata: at("s3://b/db/t", { ...enabled, ...properties }) }, partitionPath, name);

  it.each([
    ["a", "0101/0110/1001/10110010"],
    ["b", "1110/0111/1110/00000011"],
    ["c", "0010/1101/0110/01011111"],
    ["d", "1001/0001/0100/01110011"],
  ])("%s is where other engines put it", (name, folders) => {
    expect(locate({}, "", name)).toBe(`s3://b/db/t/data/${folders}/${name}`);
  });

  it("the partition is in the path and in the hash, unless the table does not want it there", () => {
    expect(locate({}, "p=1", "a")).toMatch(/^s3:\/\/b\/db\/t\/data\/[01]{4}\/[01]{4}\/[01]{4}\/[01]{8}\/p=1\/a$/);
    expect(locate({}, "p=1", "a")).not.toContain("0101/0110/1001/10110010");
    const without = { "write.object-storage.partitioned-paths": "false" };
    expect(locate(without, "p=1", "a")).toBe("s3://b/db/t/data/0101/0110/1001/10110010-a");
  });

  it("in a folder that is not the table's, the table's own names tell its files apart", () => {
    expect(locate({ "write.data.path": "s3://shared" }, "", "a")).toBe("s3://shared/0101/0110/1001/10110010/db/t/a");
  });
});
