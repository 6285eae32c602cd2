import { Database } from "@icecore/iceberg-catalog/duckdb";
import { messageOf } from "../errors.ts";
import { type Finding, failed, ok } from "./finding.ts";

const oldestNode = [20, 19] as const;

/** Whether Node is new enough, and DuckDB loads on this machine. */
export async function checkRuntime(): Promise<readonly Finding[]> {
  return [checkNode(process.versions.node), await checkDuckDb()];
}

export function checkNode(version: string): Finding {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const [oldestMajor, oldestMinor] = oldestNode;
  const isNewEnough = major > oldestMajor || (major === oldestMajor && minor >= oldestMinor);
  return isNewEnough
    ? ok("node", `Node ${version}`)
    : failed("node", `Node ${version} is too old`, `install Node ${oldestNode.join(".")} or later`);
}

async function checkDuckDb(): Promise<Finding> {
  try {
    await using database = await Database.open();
    await using session = await database.connect();
    const [row] = await session.rows("SELECT library_version AS version FROM pragma_version()");
    return ok("duckdb", `DuckDB ${row?.["version"]}`);
  } catch (error) {
    const mend = "run npm install again for this machine: DuckDB's binary differs by platform";
    return failed("duckdb", messageOf(error), mend);
  }
}
