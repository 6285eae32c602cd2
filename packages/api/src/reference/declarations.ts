import { readFile } from "node:fs/promises";
import { type ParseResult, parse } from "@babel/parser";
import { docText } from "./doc-text.ts";

/** A name that a module exports, and the file that it takes it from. */
export interface Exported {
  readonly name: string;
  readonly file: string;
}

/** An exported declaration as its users see it: without bodies. */
export interface Declaration {
  readonly name: string;
  readonly doc: string;
  readonly signature: string;
  /** Public methods of a class. */
  readonly members: readonly Omit<Declaration, "members">[];
}

/** What an `index.ts` of re-exports exports, in its order. */
export async function exportsOf(index: string): Promise<readonly Exported[]> {
  return parseModule(await readFile(index, "utf8")).body.flatMap((statement) => {
    if (statement.type !== "ExportNamedDeclaration" || !statement.source) return [];
    const file = statement.source.value;
    return statement.specifiers.map(({ exported }) => ({ name: "name" in exported ? exported.name : "", file }));
  });
}

/** The exported declarations of a module; of overloads the first has the doc comment. */
export function declarationsOf(text: string): readonly Declaration[] {
  return parseModule(text).body.flatMap((statement) => {
    if (statement.type !== "ExportNamedDeclaration" || !statement.declaration) return [];
    const declaration = statement.declaration as unknown as Node;
    const doc = docOf(statement as unknown as Node);
    const name = declaration.id?.name ?? "";
    if (declaration.type !== "ClassDeclaration")
      return [{ name, doc, signature: headOf(text, declaration), members: [] }];
    const methods = (declaration.body?.body ?? []) as readonly Node[];
    const members = methods.filter(isPublic).map((member) => ({
      name: member.key?.name ?? "",
      doc: docOf(member),
      signature: headOf(text, member),
    }));
    return [{ name, doc, signature: headOf(text, declaration), members }];
  });
}

/** The little of Babel's nodes that is looked at. */
interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly id?: { readonly name: string };
  readonly key?: { readonly type: string; readonly name: string };
  readonly computed?: boolean;
  readonly kind?: string;
  readonly accessibility?: string;
  readonly body?: Node & { readonly body: unknown };
  readonly value?: Node | null;
  readonly leadingComments?: readonly { readonly type: string; readonly value: string }[];
}

function parseModule(text: string): ParseResult["program"] {
  return parse(text, { sourceType: "module", plugins: ["typescript"], attachComment: true }).program;
}

/** Symbols, private members and the constructor are nobody's to call by name. */
function isPublic({ key, kind, computed }: Node): boolean {
  return key?.type === "Identifier" && kind !== "constructor" && computed !== true;
}

/** The text of a declaration up to the body of what it does; types keep theirs, for it is what they say. */
function headOf(text: string, node: Node): string {
  const isType = ["TSInterfaceDeclaration", "TSTypeAliasDeclaration"].includes(node.type);
  const end = isType ? node.end : (node.body?.start ?? node.value?.start ?? node.end);
  return outdented(text, node, end).trim().replace(/[;=]$/, "").trim();
}

/** A member's lines begin further right than its first. */
function outdented(text: string, { start }: Node, end: number): string {
  const indent = start - (text.lastIndexOf("\n", start) + 1);
  return text.slice(start, end).replaceAll(`\n${" ".repeat(indent)}`, "\n");
}

function docOf({ leadingComments = [] }: Node): string {
  const comment = leadingComments.at(-1);
  return comment?.type === "CommentBlock" && comment.value.startsWith("*") ? docText(comment.value) : "";
}
