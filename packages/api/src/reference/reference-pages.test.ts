import { readFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { declarationsOf } from "./declarations.ts";
import { referenceFolder, referencePages } from "./reference-pages.ts";

it("the reference is what the code says now; `npm run docs` writes it anew", async () => {
  for (const [file, text] of Object.entries(await referencePages())) {
    expect(await readFile(new URL(file, referenceFolder), "utf8"), file).toBe(text);
  }
});

it("a declaration is shown without its body, and with what its comment says", () => {
  const text = `
/** Opens {@link Store}. @throws Error when
 * there is none */
export async function open<T>(
  path: string,
): Promise<T> {
  return await read(path);
}
/** Holds rows. */
export class Store {
  readonly #rows = 1;
  /** How many. */
  get size(): number {
    return this.#rows;
  }
  [Symbol.dispose](): void {}
}
export interface Row {
  readonly id: bigint;
}`;
  expect(declarationsOf(text)).toEqual([
    {
      name: "open",
      doc: "Opens `Store`.\n\nThrows Error when there is none",
      signature: "async function open<T>(\n  path: string,\n): Promise<T>",
      members: [],
    },
    {
      name: "Store",
      doc: "Holds rows.",
      signature: "class Store",
      members: [{ name: "size", doc: "How many.", signature: "get size(): number" }],
    },
    { name: "Row", doc: "", signature: "interface Row {\n  readonly id: bigint;\n}", members: [] },
  ]);
});
