import { expect, it } from "vitest";
import { Database } from "./database.ts";

it("a session that is closed while it works ends its work, and takes no more", async () => {
  await using database = await Database.open();
  const session = await database.connect();
  const endless = session.run("SELECT count(*) FROM range(1000000000) a, range(1000000000) b");
  const refused = expect(endless).rejects.toMatchObject({ name: "IcebergError" });
  await session[Symbol.asyncDispose]();
  await refused;
  await expect(session.run("SELECT 1")).rejects.toMatchObject({
    code: "QUERY_REFUSED",
    message: "query: the session was closed before it was done",
  });
});
