import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";

const file = fileURLToPath(new URL("../../docs/benchmarks.md", import.meta.url));
const title = "# Benchmarks\n\nEach section is written by the command it names, and replaced when that runs again.\n";

/** A table in Markdown, as the formatter has it. */
export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((_, i) => Math.max(3, ...[head, ...rows].map((row) => row[i]?.length ?? 0)));
  const line = (row: readonly string[]) => `| ${row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join(" | ")} |`;
  return [line(head), line(widths.map((width) => "-".repeat(width))), ...rows.map(line)].join("\n");
}

/** Puts a section into `docs/benchmarks.md`, in the place of the one that has its name. */
export function writeSection(name: string, text: string): string {
  const [begin, end] = [`<!-- begin ${name} -->`, `<!-- end ${name} -->`];
  const section = `${begin}\n\n${text.trim()}\n\n${end}\n`;
  const before = existsSync(file) ? readFileSync(file, "utf8") : title;
  const [from, to] = [before.indexOf(begin), before.indexOf(end)];
  const after =
    from === -1 || to === -1
      ? `${before}\n${section}`
      : `${before.slice(0, from)}${section}${before.slice(to + end.length + 1)}`;
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, after);
  return file;
}
