import { parse } from "@babel/parser";

/** The little of a syntax tree that is looked at. */
export interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly loc: { readonly start: { readonly line: number; readonly column: number } };
  readonly name?: string;
  readonly value?: unknown;
  readonly computed?: boolean;
  readonly key?: Node;
  readonly id?: Node;
  readonly init?: Node;
  readonly callee?: Node;
  readonly arguments?: readonly Node[];
  readonly elements?: readonly (Node | null)[];
  readonly properties?: readonly Node[];
}

/** A call such as `defineFeatureView({ name: "x", ... })`, and the variable that it is assigned to. */
export interface FoundCall {
  readonly callee: string;
  readonly node: Node;
  readonly arguments: readonly Node[];
  readonly variable?: string | undefined;
}

/** The calls of functions by name in a TypeScript file, outer ones first; none when it does not parse. */
export function findCalls(text: string): readonly FoundCall[] {
  try {
    const { program } = parse(text, { sourceType: "module", plugins: ["typescript"] });
    return [...calls(program)];
  } catch {
    return [];
  }
}

/** The property of an object literal. */
export function findProperty(object: Node | undefined, name: string): Node | undefined {
  return object?.properties?.find(
    ({ key, computed }) => computed !== true && (key?.name === name || key?.value === name),
  );
}

/** The value that an object literal has for a key. */
export function propertyValue(object: Node | undefined, name: string): Node | undefined {
  return findProperty(object, name)?.value as Node | undefined;
}

export function isText(node: Node | null | undefined, text?: string): node is Node & { readonly value: string } {
  return node?.type === "StringLiteral" && (text === undefined || node.value === text);
}

function* calls(node: unknown, variable?: string): Generator<FoundCall> {
  if (node === null || typeof node !== "object") return;
  const { type, callee, init, id } = node as Node;
  if (type === "CallExpression" && callee?.name !== undefined) {
    yield { callee: callee.name, node: node as Node, arguments: (node as Node).arguments ?? [], variable };
  }
  for (const child of Object.values(node)) yield* calls(child, child === init ? id?.name : undefined);
}
