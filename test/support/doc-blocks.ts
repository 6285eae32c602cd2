import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** A fenced block of a page; its language may be followed by the name of the file that it is. */
export interface DocBlock {
  readonly language: string;
  readonly file: string | undefined;
  readonly text: string;
}

/** The blocks of a page, by its path from the repository's root. */
export async function pageBlocks(page: string): Promise<readonly DocBlock[]> {
  const text = await readFile(resolve(root, page), "utf8");
  return [...text.matchAll(/^```(\w+)(?: ([\w./-]+))?\n([\s\S]*?)^```$/gm)].map(([, language, file, code]) => ({
    language: language ?? "",
    file,
    text: code ?? "",
  }));
}
