import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { describeFileIO } from "./file-io.suite.ts";
import { localFileIO } from "./local.ts";
import { movedFileIO, overlapping, presentLocation, recordedLocations } from "./moved-folder.ts";

describe("a folder that was moved", () => {
  const folder = { present: "file:///c", former: ["file:///a/b", "file:///b"] };
  it.each([
    ["file:///a/b/t/x", "file:///c/t/x"],
    ["file:/b/t", "file:///c/t"],
    ["/b/t", "file:///c/t"],
    ["/b/../etc", "file:///c/../etc"],
    ["file:///c/t", "file:///c/t"],
    ["file:///a/bc/t", "file:///a/bc/t"],
    ["file:///a/b", "file:///a/b"],
    ["s3://b/t", "s3://b/t"],
  ])("has %s at %s", (recorded, present) => {
    expect(presentLocation(folder, recorded)).toBe(present);
  });

  it("has every name that it had", () => {
    const names = ["file:///c/t", "file:///a/b/t", "file:///b/t"];
    for (const name of names) expect(recordedLocations(folder, name)).toEqual(names);
    expect(recordedLocations(folder, "file:///d/t")).toEqual(["file:///d/t"]);
  });

  it("is not inside one that it was, nor around it", () => {
    expect(overlapping(folder)).toBeUndefined();
    expect(overlapping({ present: "file:///b/c", former: ["file:///a", "file:///b"] })).toBe("file:///b");
    expect(overlapping({ present: "file:///a", former: ["file:///a/b"] })).toBe("file:///a/b");
  });
});

describeFileIO("a moved folder", async () => {
  const home = await mkdtemp(join(tmpdir(), "icecore-moved-"));
  const io = movedFileIO(localFileIO(), { present: `file://${home}/now`, former: ["file:///not/there any more"] });
  return { io, root: "file:///not/there any more/t", close: () => rm(home, { recursive: true, force: true }) };
});
