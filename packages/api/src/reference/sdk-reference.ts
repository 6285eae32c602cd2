import { readFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { declarationsOf, type Exported, exportsOf } from "./declarations.ts";
import { fence, generatedPage } from "./markdown.ts";

const index = fileURLToPath(new URL("../index.ts", import.meta.url));

/** `docs/reference/sdk.md`: what `@icecore/api` exports, with its doc comments. */
export async function sdkReference(): Promise<string> {
  const exported = await exportsOf(index);
  const entries = await Promise.all(exported.map(sectionOf));
  return generatedPage("TypeScript SDK: @icecore/api", "the doc comments behind packages/api/src/index.ts", [
    "Definitions (`defineEntity`, `defineFeatureView`, ...) are those of [`@icecore/feature-registry`](../../packages/feature-registry/README.md).",
    ...entries,
  ]);
}

async function sectionOf({ name, file }: Exported): Promise<string> {
  const path = join(dirname(index), file);
  const found = declarationsOf(await readFile(path, "utf8")).find((declaration) => declaration.name === name);
  if (found === undefined) throw new Error(`${relative(process.cwd(), path)} declares no ${name} that is exported`);
  const members = found.members.flatMap(({ doc, signature }) => [fence("ts", signature), doc]);
  return [`## ${name}`, found.doc, fence("ts", found.signature), ...members].filter((part) => part !== "").join("\n\n");
}
