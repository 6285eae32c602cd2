import type { Feature } from "@icecore/feature-registry";
import { type FoundCall, findCalls, findProperty, isText, type Node, propertyValue } from "./syntax.ts";

/** A change of one feature in the text of its view's definition. */
export type FeatureEdit =
  | { readonly type: "add"; readonly feature: Feature }
  | { readonly type: "rename"; readonly name: string; readonly to: string }
  | { readonly type: "widen"; readonly name: string; readonly to: string }
  | { readonly type: "drop"; readonly name: string };

/** Text to put in the place of other text. */
interface Replacement {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/**
 * The text with one feature of a view changed and nothing else; undefined when the text does not define the view, or does
 * not spell out what is to be changed.
 */
export function editFeature(text: string, view: string, edit: FeatureEdit): string | undefined {
  const features = propertyValue(findView(text, view)?.arguments[0], "features");
  if (features?.properties === undefined) return undefined;
  if (edit.type === "add") return addFeature(text, features, edit.feature);
  const property = findProperty(features, edit.name);
  if (property?.key === undefined) return undefined;
  switch (edit.type) {
    case "rename":
      return renameFeature(text, property, edit);
    case "widen":
      return widenFeature(text, property, edit.to);
    case "drop":
      return dropFeature(text, features, property);
  }
}

/** The name of the variable that holds a view in the file that defines it. */
export function variableOf(text: string, view: string): string | undefined {
  return findView(text, view)?.variable;
}

/** The text with a feature called otherwise wherever `project(variable, { features: [...] })` names it. */
export function renameInProjections(text: string, variable: string, from: string, to: string): string {
  const named = findCalls(text)
    .filter((call) => call.callee === "project" && call.arguments[0]?.name === variable)
    .flatMap((call) => propertyValue(call.arguments[1], "features")?.elements ?? [])
    .filter((element) => isText(element, from));
  return replaced(
    text,
    named.map(({ start, end }) => ({ start, end, text: JSON.stringify(to) })),
  );
}

function findView(text: string, view: string): FoundCall | undefined {
  return findCalls(text).find(
    (call) => call.callee === "defineFeatureView" && isText(propertyValue(call.arguments[0], "name"), view),
  );
}

function addFeature(text: string, features: Node, feature: Feature): string | undefined {
  const properties = features.properties ?? [];
  const [first, last] = [properties[0], properties.at(-1)];
  if (first === undefined || last === undefined) return undefined;
  const separator = isOnOneLine(text, features) ? ", " : `,\n${indentation(text, first)}`;
  return replaced(text, [
    { start: last.end, end: last.end, text: `${separator}${feature.name}: ${featureLiteral(feature)}` },
  ]);
}

function renameFeature(
  text: string,
  property: Node,
  { name, to }: { readonly name: string; readonly to: string },
): string | undefined {
  const { key, value } = property as { readonly key: Node; readonly value: Node };
  const former = `renamedFrom: ${JSON.stringify(name)}`;
  const edits: Replacement[] = [{ start: key.start, end: key.end, text: to }];
  if (isText(value)) {
    edits.push({ start: value.start, end: value.end, text: `{ type: ${JSON.stringify(value.value)}, ${former} }` });
    return replaced(text, edits);
  }
  const last = value.properties?.at(-1);
  if (last === undefined) return undefined;
  const old = findProperty(value, "renamedFrom");
  if (old !== undefined) edits.push({ start: old.start, end: old.end, text: former });
  else edits.push({ start: last.end, end: last.end, text: `, ${former}` });
  return replaced(text, edits);
}

function widenFeature(text: string, property: Node, type: string): string | undefined {
  const value = property.value as Node;
  const spelt = isText(value) ? value : propertyValue(value, "type");
  if (!isText(spelt)) return undefined;
  return replaced(text, [{ start: spelt.start, end: spelt.end, text: JSON.stringify(type) }]);
}

/** A feature goes with its comma; with its line and what is said at its end, where it has lines of its own. */
function dropFeature(text: string, features: Node, property: Node): string {
  const properties = features.properties ?? [];
  const index = properties.indexOf(property);
  const [previous, next] = [properties[index - 1], properties[index + 1]];
  if (!isOnOneLine(text, features)) {
    const start = text.lastIndexOf("\n", property.start) + 1;
    const end = text.indexOf("\n", property.end) + 1;
    const isAlone = text.slice(start, property.start).trim() === "" && (next === undefined || next.start >= end);
    if (isAlone) return replaced(text, [{ start, end, text: "" }]);
  }
  if (next !== undefined) return replaced(text, [{ start: property.start, end: next.start, text: "" }]);
  return replaced(text, [{ start: previous?.end ?? property.start, end: property.end, text: "" }]);
}

function featureLiteral({ type, description, default: value }: Feature): string {
  if (description === undefined && value === undefined) return JSON.stringify(type);
  const members = [`type: ${JSON.stringify(type)}`];
  if (description !== undefined) members.push(`description: ${JSON.stringify(description)}`);
  if (value !== undefined) members.push(`default: ${JSON.stringify(value)}`);
  return `{ ${members.join(", ")} }`;
}

function isOnOneLine(text: string, { start, end }: Node): boolean {
  return !text.slice(start, end).includes("\n");
}

function indentation(text: string, { start }: Node): string {
  const line = text.slice(text.lastIndexOf("\n", start) + 1, start);
  return /^\s*/.exec(line)?.[0] ?? "";
}

function replaced(text: string, edits: readonly Replacement[]): string {
  const last = [...edits].sort((a, b) => b.start - a.start);
  return last.reduce((result, edit) => result.slice(0, edit.start) + edit.text + result.slice(edit.end), text);
}
