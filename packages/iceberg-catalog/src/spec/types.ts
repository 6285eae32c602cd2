import type { FieldId } from "./ids.ts";

/** Iceberg's data types (spec, "Schemas and Data Types"), format versions 1 and 2. */
export type IcebergType = PrimitiveType | StructType | ListType | MapType;

export type PrimitiveType =
  | { readonly kind: SimplePrimitive }
  | { readonly kind: "decimal"; readonly precision: number; readonly scale: number }
  | { readonly kind: "fixed"; readonly length: number };

/** The primitives that are written as their bare name. */
export const simplePrimitives = [
  "boolean",
  "int",
  "long",
  "float",
  "double",
  "date",
  "time",
  "timestamp",
  "timestamptz",
  "string",
  "uuid",
  "binary",
] as const;
export type SimplePrimitive = (typeof simplePrimitives)[number];

interface StructType {
  readonly kind: "struct";
  readonly fields: readonly NestedField[];
}

interface ListType {
  readonly kind: "list";
  readonly elementId: FieldId;
  readonly element: IcebergType;
  readonly elementRequired: boolean;
}

interface MapType {
  readonly kind: "map";
  readonly keyId: FieldId;
  readonly key: IcebergType;
  readonly valueId: FieldId;
  readonly value: IcebergType;
  readonly valueRequired: boolean;
}

/** A named field of a struct, or a column: a schema is a struct. */
export interface NestedField {
  readonly id: FieldId;
  readonly name: string;
  readonly required: boolean;
  readonly type: IcebergType;
  readonly doc?: string;
}

export function isPrimitive(type: IcebergType): type is PrimitiveType {
  return type.kind !== "struct" && type.kind !== "list" && type.kind !== "map";
}

/** The type in the spec's own words: `long`, `decimal(9, 2)`, `list<string>`. */
export function typeToString(type: IcebergType): string {
  switch (type.kind) {
    case "decimal":
      return `decimal(${type.precision}, ${type.scale})`;
    case "fixed":
      return `fixed[${type.length}]`;
    case "struct":
      return `struct<${type.fields.map((f) => `${f.name}: ${typeToString(f.type)}`).join(", ")}>`;
    case "list":
      return `list<${typeToString(type.element)}>`;
    case "map":
      return `map<${typeToString(type.key)}, ${typeToString(type.value)}>`;
    default:
      return type.kind;
  }
}

const decimalPattern = /^decimal\(\s*(\d+)\s*,\s*(\d+)\s*\)$/;
const fixedPattern = /^fixed\[\s*(\d+)\s*\]$/;

/** Parses a primitive's name; undefined when it is none that formats 1 and 2 know. */
export function parsePrimitive(text: string): PrimitiveType | undefined {
  const simple = simplePrimitives.find((name) => name === text);
  if (simple !== undefined) return { kind: simple };
  const decimal = decimalPattern.exec(text);
  if (decimal !== null) {
    const [precision, scale] = [Number(decimal[1]), Number(decimal[2])];
    return precision >= 1 && precision <= 38 && scale <= precision ? { kind: "decimal", precision, scale } : undefined;
  }
  const fixed = fixedPattern.exec(text);
  return fixed === null ? undefined : { kind: "fixed", length: Number(fixed[1]) };
}

/** Structural equality, field ids included. */
export function typesEqual(a: IcebergType, b: IcebergType): boolean {
  if (a.kind === "struct") {
    return b.kind === "struct" && fieldsEqual(a.fields, b.fields);
  }
  if (a.kind === "list") {
    return (
      b.kind === "list" &&
      a.elementId === b.elementId &&
      a.elementRequired === b.elementRequired &&
      typesEqual(a.element, b.element)
    );
  }
  if (a.kind === "map") {
    return (
      b.kind === "map" &&
      a.keyId === b.keyId &&
      a.valueId === b.valueId &&
      a.valueRequired === b.valueRequired &&
      typesEqual(a.key, b.key) &&
      typesEqual(a.value, b.value)
    );
  }
  return typeToString(a) === typeToString(b);
}

export function fieldsEqual(a: readonly NestedField[], b: readonly NestedField[]): boolean {
  return a.length === b.length && a.every((field, i) => fieldEqual(field, b[i]));
}

function fieldEqual(a: NestedField, b: NestedField | undefined): boolean {
  return (
    b !== undefined &&
    a.id === b.id &&
    a.name === b.name &&
    a.required === b.required &&
    a.doc === b.doc &&
    typesEqual(a.type, b.type)
  );
}
