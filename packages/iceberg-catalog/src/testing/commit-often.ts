import { argv } from "node:process";
import { RestCatalog } from "../catalog/rest/rest-catalog.ts";
import { isIcebergError } from "../errors.ts";
import { openEmbeddedCatalog } from "../server/open-embedded-catalog.ts";
import { appendCommit } from "./sample-commits.ts";

/** A process that commits `count` snapshots, with ids from `first`, to the table `n.t` of the catalog in `path`. */
const [path = "", first = "", count = ""] = argv.slice(2);
const embedded = await openEmbeddedCatalog({ path });
const catalog = await RestCatalog.connect({ uri: "http://embedded", fetch: embedded.fetch });
const identifier = { namespace: ["n"], name: "t" };
for (let i = 0; i < Number(count); i++) {
  while (!(await commit(BigInt(first) + BigInt(i))));
}
await embedded.close();

async function commit(id: bigint): Promise<boolean> {
  const { metadata } = await catalog.loadTable(identifier);
  try {
    await catalog.updateTable(identifier, appendCommit(metadata, id));
    return true;
  } catch (error) {
    if (isIcebergError(error, "COMMIT_CONFLICT")) return false;
    throw error;
  }
}
