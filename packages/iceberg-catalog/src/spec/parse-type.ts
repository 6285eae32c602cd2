import { fieldId } from "./ids.ts";
import { type IcebergType, isPrimitive, type NestedField, parsePrimitive } from "./types.ts";

/**
 * Parses a type as `typeToString` writes it: `list<float>`, `map<string, double>`, `struct<lat: double, lon: double>`,
 * spaces aside. Everything inside is optional but a map's keys; ids are unique in the type. Undefined when it is none that
 * formats 1 and 2 know.
 */
export function parseType(text: string): IcebergType | undefined {
  const reader = new TypeReader(text);
  const type = reader.type();
  return reader.isAtEnd ? type : undefined;
}

/** A name and what parameters belong to it: `decimal(9, 2)`, `fixed[16]`. */
const primitive = /[a-z]+(?:\s*\([^()]*\)|\s*\[[^[\]]*\])?/y;
const fieldName = /([A-Za-z_]\w*)\s*:/y;
const space = /\s*/y;

class TypeReader {
  readonly #text: string;
  #position = 0;
  #lastId = 0;

  constructor(text: string) {
    this.#text = text;
    this.#take(space);
  }

  get isAtEnd(): boolean {
    return this.#position === this.#text.length;
  }

  type(): IcebergType | undefined {
    if (this.#takeOpening("list")) return this.#list();
    if (this.#takeOpening("map")) return this.#map();
    if (this.#takeOpening("struct")) return this.#struct();
    return parsePrimitive(this.#take(primitive)?.[0] ?? "");
  }

  #list(): IcebergType | undefined {
    const elementId = this.#nextId();
    const element = this.type();
    if (element === undefined || !this.#takeText(">")) return undefined;
    return { kind: "list", elementId, element, elementRequired: false };
  }

  #map(): IcebergType | undefined {
    const [keyId, valueId] = [this.#nextId(), this.#nextId()];
    const key = this.type();
    if (key === undefined || !isPrimitive(key) || !this.#takeText(",")) return undefined;
    const value = this.type();
    if (value === undefined || !this.#takeText(">")) return undefined;
    return { kind: "map", keyId, key, valueId, value, valueRequired: false };
  }

  #struct(): IcebergType | undefined {
    const fields: NestedField[] = [];
    do {
      const name = this.#take(fieldName)?.[1];
      const id = this.#nextId();
      const type = this.type();
      if (name === undefined || type === undefined || fields.some((field) => field.name === name)) return undefined;
      fields.push({ id, name, required: false, type });
    } while (this.#takeText(","));
    return this.#takeText(">") ? { kind: "struct", fields } : undefined;
  }

  #nextId() {
    return fieldId(++this.#lastId);
  }

  #takeOpening(kind: string): boolean {
    const start = this.#position;
    if (this.#takeText(kind) && this.#takeText("<")) return true;
    this.#position = start;
    return false;
  }

  #takeText(text: string): boolean {
    if (!this.#text.startsWith(text, this.#position)) return false;
    this.#position += text.length;
    this.#take(space);
    return true;
  }

  /** What matches, and the space behind it. */
  #take(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.#position;
    const match = pattern.exec(this.#text) ?? undefined;
    if (match === undefined) return undefined;
    this.#position = pattern.lastIndex;
    if (pattern !== space) this.#take(space);
    return match;
  }
}
