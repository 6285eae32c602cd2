import { quotedIdentifier } from "./quote.ts";

/** A DuckDB type as DESCRIBE tells it, taken apart. */
export type SourceType =
  /** Anything that is not nested, by its name. */
  | { readonly kind: "scalar"; readonly name: string }
  | { readonly kind: "struct"; readonly members: readonly SourceMember[] }
  /** Lists, and arrays of a fixed length. */
  | { readonly kind: "list"; readonly element: SourceType }
  | { readonly kind: "map"; readonly key: SourceType; readonly value: SourceType };

export interface SourceMember {
  /** Undefined in a row whose members have no names. */
  readonly name: string | undefined;
  readonly type: SourceType;
}

/** Takes the text of a DuckDB type apart. */
export function parseSourceType(text: string): SourceType {
  return new TypeText(text).type();
}

/** The text of a DuckDB type, in which every name is quoted. */
export function sourceTypeText(type: SourceType): string {
  switch (type.kind) {
    case "scalar":
      return type.name;
    case "struct":
      return `STRUCT(${type.members.map(memberText).join(", ")})`;
    case "list":
      return `${sourceTypeText(type.element)}[]`;
    case "map":
      return `MAP(${sourceTypeText(type.key)}, ${sourceTypeText(type.value)})`;
  }
}

const memberText = ({ name, type }: SourceMember): string =>
  `${name === undefined ? "" : `${quotedIdentifier(name)} `}${sourceTypeText(type)}`;

/** The type with other types in the place of some that are not nested. */
export function mapScalars(type: SourceType, change: (name: string) => string): SourceType {
  switch (type.kind) {
    case "scalar":
      return { kind: "scalar", name: change(type.name) };
    case "struct":
      return {
        kind: "struct",
        members: type.members.map((member) => ({ ...member, type: mapScalars(member.type, change) })),
      };
    case "list":
      return { kind: "list", element: mapScalars(type.element, change) };
    case "map":
      return { kind: "map", key: mapScalars(type.key, change), value: mapScalars(type.value, change) };
  }
}

/** `"a ""b"""`, or a name that needs no quotes, and a space. A type that stands alone has none behind it. */
const memberName = /(?:"((?:[^"]|"")*)"|([A-Za-z_]\w*)) (?=\S)/y;
/** Up to the comma or parenthesis that ends it; what stands in parentheses or quotes is its own. */
const scalar =
  /(?:'(?:[^']|'')*'|"(?:[^"]|"")*"|\((?:'(?:[^']|'')*'|"(?:[^"]|"")*"|[^()'"]|\([^()]*\))*\)|[^,()'"[])+/y;
const listMark = /\[\d*\]/y;

class TypeText {
  readonly #text: string;
  #position = 0;

  constructor(text: string) {
    this.#text = text;
  }

  type(): SourceType {
    let type = this.#bare();
    while (this.#take(listMark) !== undefined) type = { kind: "list", element: type };
    return type;
  }

  #bare(): SourceType {
    if (this.#takeText("STRUCT(")) return { kind: "struct", members: this.#members() };
    if (!this.#takeText("MAP(")) return { kind: "scalar", name: this.#take(scalar)?.[0] ?? "" };
    const key = this.type();
    this.#takeText(", ");
    const value = this.type();
    this.#takeText(")");
    return { kind: "map", key, value };
  }

  #members(): readonly SourceMember[] {
    const members: SourceMember[] = [];
    while (!this.#takeText(")") && this.#position < this.#text.length) {
      members.push({ name: this.#memberName(), type: this.type() });
      this.#takeText(", ");
    }
    return members;
  }

  /** `TIMESTAMP WITH TIME ZONE` begins as a member that is called so would. */
  #memberName(): string | undefined {
    if (this.#text.startsWith("TIMESTAMP WITH ", this.#position) || this.#text.startsWith("TIME WITH ", this.#position))
      return undefined;
    const match = this.#take(memberName);
    return match === undefined ? undefined : (match[1]?.replaceAll('""', '"') ?? match[2]);
  }

  #take(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.#position;
    const match = pattern.exec(this.#text) ?? undefined;
    if (match !== undefined) this.#position = pattern.lastIndex;
    return match;
  }

  #takeText(text: string): boolean {
    if (!this.#text.startsWith(text, this.#position)) return false;
    this.#position += text.length;
    return true;
  }
}
