import { IcebergError } from "../errors.ts";
import type { JsonObject, JsonValue } from "./json.ts";

const maxLong = 2n ** 63n - 1n;

/** A place in parsed JSON: typed access to what is there, and errors that give the JSON path. */
export class JsonReader {
  readonly value: JsonValue;
  readonly #parent: JsonReader | undefined;
  readonly #name: string | number;

  /** `name` is that of a member, or the number of an item, of `parent`; the root is called by it. */
  constructor(value: JsonValue, name: string | number = "$", parent?: JsonReader) {
    this.value = value;
    this.#name = name;
    this.#parent = parent;
  }

  /** Where that is, as messages say it. */
  get path(): string {
    if (this.#parent === undefined) return String(this.#name);
    return typeof this.#name === "number"
      ? `${this.#parent.path}[${this.#name}]`
      : `${this.#parent.path}.${this.#name}`;
  }

  /** The member `key`. @throws IcebergError `METADATA_INVALID` when it is missing or null */
  field(key: string): JsonReader {
    const member = this.optional(key);
    if (member === undefined) throw this.invalid(`"${key}" is missing`);
    return member;
  }

  /** The member `key`; undefined where it is missing or null. */
  optional(key: string): JsonReader | undefined {
    const member = this.object()[key];
    return member === undefined || member === null ? undefined : new JsonReader(member, key, this);
  }

  object(): JsonObject {
    if (typeof this.value !== "object" || this.value === null || Array.isArray(this.value)) {
      throw this.expected("an object");
    }
    return this.value as JsonObject;
  }

  array(): readonly JsonReader[] {
    if (!Array.isArray(this.value)) throw this.expected("an array");
    return this.value.map((item: JsonValue, i) => new JsonReader(item, i, this));
  }

  /** The items of the array `key`; none where it is missing or null. */
  items(key: string): readonly JsonReader[] {
    return this.optional(key)?.array() ?? [];
  }

  /** The members, by key; those that are null are left out. */
  members(): readonly (readonly [string, JsonReader])[] {
    return Object.keys(this.object()).flatMap((key) => {
      const member = this.optional(key);
      return member === undefined ? [] : [[key, member] as const];
    });
  }

  string(): string {
    if (typeof this.value !== "string") throw this.expected("a string");
    return this.value;
  }

  boolean(): boolean {
    if (typeof this.value !== "boolean") throw this.expected("true or false");
    return this.value;
  }

  /** An integer that a double holds exactly. */
  integer(): number {
    const value = Number(this.long());
    if (!Number.isSafeInteger(value)) throw this.expected("an integer below 2^53");
    return value;
  }

  /** A 64-bit integer. */
  long(): bigint {
    if (typeof this.value !== "bigint" || this.value > maxLong || this.value < -maxLong - 1n) {
      throw this.expected("a 64-bit integer");
    }
    return this.value;
  }

  strings(): readonly string[] {
    return this.array().map((item) => item.string());
  }

  stringMap(): Readonly<Record<string, string>> {
    const entries = Object.entries(this.object()).filter(([, value]) => value !== null && value !== undefined);
    for (const [key, value] of entries) if (typeof value !== "string") this.field(key).string();
    return Object.fromEntries(entries as [string, string][]);
  }

  /** An error about what is here. */
  invalid(problem: string): IcebergError {
    return new IcebergError("METADATA_INVALID", `${this.path}: ${problem}`, { context: { path: this.path } });
  }

  private expected(what: string): IcebergError {
    return this.invalid(`expected ${what}, found ${describe(this.value)}`);
  }
}

function describe(value: JsonValue): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "an array";
  if (typeof value === "object") return "an object";
  return typeof value === "string" ? `"${value.slice(0, 80)}"` : String(value);
}
