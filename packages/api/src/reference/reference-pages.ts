import { cliReference } from "./cli-reference.ts";
import { configReference } from "./config-reference.ts";
import { httpReference } from "./http-reference.ts";
import { sdkReference } from "./sdk-reference.ts";

/** Where the pages are. */
export const referenceFolder: URL = new URL("../../../../docs/reference/", import.meta.url);

/** The pages of `docs/reference`, by their file's name, as the code says them. */
export async function referencePages(): Promise<Readonly<Record<string, string>>> {
  return {
    "cli.md": cliReference(),
    "config.md": configReference(),
    "http.md": await httpReference(),
    "sdk.md": await sdkReference(),
  };
}
