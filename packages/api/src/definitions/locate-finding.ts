import type { Finding } from "@icecore/feature-registry";
import { type FoundCall, findCalls, isText, type Node, propertyValue } from "./syntax.ts";

/** A definition file. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

const functions: Readonly<Record<string, string>> = {
  defineEntity: "entity",
  defineDataSource: "data source",
  defineFeatureView: "feature view",
  defineFeatureService: "feature service",
};

/**
 * `features.ts:12`, where the text is that a finding is about: the name that its message quotes, within the call that
 * defines what it is about, or that call. Undefined where no file spells the definition's name out.
 */
export function locateFinding(finding: Finding, files: readonly SourceFile[]): string | undefined {
  for (const { path, text } of files) {
    const call = findCalls(text).find((candidate) => finding.where === nameOf(candidate));
    if (call !== undefined) return `${path}:${placeIn(call, finding.message).loc.start.line}`;
  }
  return undefined;
}

function nameOf({ callee, arguments: [definition] }: FoundCall): string | undefined {
  const name = propertyValue(definition, "name");
  return isText(name) ? `${functions[callee]} "${name.value}"` : undefined;
}

function placeIn({ node, arguments: [definition] }: FoundCall, message: string): Node {
  for (const [, quoted] of message.matchAll(/"([^"]+)"/g)) {
    const place = firstMention(definition, String(quoted));
    if (place !== undefined) return place;
  }
  return node;
}

function firstMention(node: unknown, name: string): Node | undefined {
  if (node === null || typeof node !== "object") return undefined;
  const { key } = node as Node;
  if (isText(node as Node, name)) return node as Node;
  if (key?.name === name) return key;
  for (const child of Object.values(node)) {
    const place = firstMention(child, name);
    if (place !== undefined) return place;
  }
  return undefined;
}
