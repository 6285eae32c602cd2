/** What stands at the head of every page that is written here. */
export function generatedPage(title: string, from: string, parts: readonly string[]): string {
  const note = `<!-- Written by \`npm run docs\` from ${from}. Change it there. -->`;
  return `${[note, `# ${title}`, ...parts].filter((part) => part !== "").join("\n\n")}\n`;
}

/** A table; nothing where there are no rows. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return "";
  const line = (cells: readonly string[]) => `| ${cells.map(cell).join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

export function code(text: string): string {
  return `\`${text}\``;
}

export function fence(language: string, text: string): string {
  return `\`\`\`${language}\n${text}\n\`\`\``;
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll("\n", " ");
}
