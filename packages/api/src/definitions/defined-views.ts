import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { findCalls, isText, propertyValue } from "./syntax.ts";

/** Names of the feature views that the files of a directory define, as their text says it: nothing of them is run. */
export async function definedViews(directory: string): Promise<readonly string[]> {
  const files = (await readdir(directory)).filter((name) => /\.m?ts$/.test(name));
  const texts = await Promise.all(files.map((file) => readFile(join(directory, file), "utf8")));
  return texts.flatMap(findCalls).flatMap((call) => {
    const name = propertyValue(call.arguments[0], "name");
    return call.callee === "defineFeatureView" && isText(name) ? [name.value] : [];
  });
}
