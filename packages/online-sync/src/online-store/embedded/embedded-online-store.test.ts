import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { readTrips, writeTrips } from "../../testing/driver-rows.ts";
import { featureBatch } from "../../testing/feature-batch.ts";
import { everyType } from "../../testing/views.ts";
import { onlineStoreSuite } from "../online-store.suite.ts";
import { openEmbeddedStore } from "./embedded-online-store.ts";

async function temporaryFolder() {
  const path = await mkdtemp(join(tmpdir(), "icecore-online-"));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

onlineStoreSuite("the embedded online store", async () => {
  const folder = await temporaryFolder();
  const path = join(folder.path, "online.mdb");
  return {
    open: (project) => openEmbeddedStore({ path, project }),
    [Symbol.asyncDispose]: folder[Symbol.asyncDispose],
  };
});

describe("the embedded online store", () => {
  it("is still there when it is opened again", async () => {
    await using folder = await temporaryFolder();
    const options = { path: join(folder.path, "deep", "online.mdb"), project: "p" };
    {
      await using store = await openEmbeddedStore(options);
      await writeTrips(store, [1n, 5n, null, 3n]);
    }
    await using store = await openEmbeddedStore(options);
    expect(await readTrips(store, 1n)).toEqual({ trips: [3n], eventTimestamps: [5n] });
  });

  it("is opened any number of times in a process, also while one of them writes", async () => {
    await using folder = await temporaryFolder();
    const options = { path: join(folder.path, "online.mdb"), project: "p" };
    await using first = await openEmbeddedStore(options);
    for (let i = 0n; i < 100n; i++) {
      const writing = writeTrips(first, [i, 5n, null, i]);
      // By then the writer holds the file, and waits for its turn on this thread.
      for (let turn = 0n; turn < i % 4n; turn++) await setImmediate();
      const until = performance.now() + Number(i % 7n) * 0.1;
      while (performance.now() < until);
      await using other = await openEmbeddedStore(options);
      await Promise.all([writing, writeTrips(other, [i, 6n, null, i])]);
      expect(await readTrips(other, i)).toEqual({ trips: [i], eventTimestamps: [6n] });
    }
    expect(await readTrips(first, 99n)).toEqual({ trips: [99n], eventTimestamps: [6n] });
  });

  it("refuses an entity whose join keys are too long, and says how long they may be", async () => {
    await using folder = await temporaryFolder();
    await using store = await openEmbeddedStore({ path: join(folder.path, "online.mdb"), project: "p" });
    const batch = featureBatch(everyType, [{ id: "x".repeat(2000), event_timestamp: 1n }]);
    await expect(store.write(everyType, batch)).rejects.toMatchObject({
      code: "ENTITY_INVALID",
      message: expect.stringMatching(/take \d+ bytes, and the embedded online store holds at most \d+/),
    });
  });

  it("says what is wrong with a file that is none of its own", async () => {
    await using folder = await temporaryFolder();
    const path = join(folder.path, "online.mdb");
    for (const content of ["short", "long enough to be taken for the pages of a database".repeat(500)]) {
      await writeFile(path, content);
      await expect(openEmbeddedStore({ path, project: "p" })).rejects.toMatchObject({ code: "STORE_INVALID" });
    }
    await expect(openEmbeddedStore({ path: folder.path, project: "p" })).rejects.toMatchObject({
      code: "STORE_UNAVAILABLE",
      message: expect.stringContaining("directory"),
    });
  });
});
