import { readdir, readFile, stat } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));

async function markdownFiles(): Promise<readonly string[]> {
  const docs = (await readdir(join(root, "docs"), { recursive: true })).map((file) => join(root, "docs", file));
  const packages = (await readdir(join(root, "packages"))).map((name) => join(root, "packages", name, "README.md"));
  return [join(root, "README.md"), ...docs.filter((file) => file.endsWith(".md")), ...packages];
}

/** What a heading's link is called. */
function anchors(text: string): readonly string[] {
  const headings = [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading = ""]) => heading.toLowerCase());
  return headings.map((heading) => heading.replaceAll(/[^\w -]/g, "").replaceAll(" ", "-"));
}

async function isBroken(file: string, link: string): Promise<boolean> {
  const [path = "", anchor] = link.split("#");
  const target = path === "" ? file : join(dirname(file), path);
  const found = await stat(target).catch(() => undefined);
  if (found === undefined || anchor === undefined) return found === undefined;
  return !anchors(await readFile(target, "utf8")).includes(anchor);
}

it("every link between the pages leads somewhere", async () => {
  const broken: string[] = [];
  for (const file of await markdownFiles()) {
    const links = [...(await readFile(file, "utf8")).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = ""]) => link);
    for (const link of links.filter((target) => !/^\w+:/.test(target))) {
      if (await isBroken(file, link)) broken.push(`${relative(root, file)}: ${link}`);
    }
  }
  expect(broken).toEqual([]);
});
