import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { IcecoreError } from "../errors.ts";

/** A directory of its own, gone with all that is in it when disposed of. */
export interface TemporaryDirectory extends AsyncDisposable {
  readonly path: string;
}

/**
 * @param parent where it is made. Default: the system's temporary directory
 * @throws IcecoreError `ARGUMENT_INVALID` where nothing can be made there
 */
export async function temporaryDirectory(parent: string = tmpdir()): Promise<TemporaryDirectory> {
  const path = await mkdtemp(join(parent, ".icecore-")).catch((cause) => {
    throw new IcecoreError(
      "ARGUMENT_INVALID",
      `${parent}: nothing can be written there; make the directory, or name another (${cause.code})`,
      { cause },
    );
  });
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}
