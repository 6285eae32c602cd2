import { fence } from "./markdown.ts";

/** A doc comment, from its `*` on, as Markdown: links are code, examples are blocks, errors a line of their own. */
export function docText(comment: string): string {
  const lines = comment.split("\n").map((line) => line.replace(/^\s*\*+ ?/, ""));
  const [text = "", ...tags] = lines
    .join("\n")
    .trim()
    .split(/(?=@(?:example|throws|returns)\b)/);
  return [prose(text), ...tags.map(tagText)].filter((part) => part !== "").join("\n\n");
}

function tagText(tag: string): string {
  const [, name, text = ""] = /^@(\w+)\s*([\s\S]*)$/.exec(tag) ?? [];
  if (name === "example") return fence("ts", text.trim());
  return `${name === "throws" ? "Throws" : "Returns"} ${prose(text)}`;
}

function prose(text: string): string {
  return text
    .replaceAll(/\{@link ([^}]+)\}/g, "`$1`")
    .replaceAll(/\s*\n\s*/g, " ")
    .trim();
}
