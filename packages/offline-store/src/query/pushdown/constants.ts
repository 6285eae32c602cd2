import { type Datum, type JsonValue, type PrimitiveType, stringifyJson } from "@icecore/iceberg-catalog";
import { datumSql, duckdbType, parseDatum, quotedString, type Session } from "@icecore/iceberg-catalog/duckdb";
import { child, childrenOf, type SqlNode, text } from "../sql-tree.ts";

/** Functions of constants that give the same whenever they are called: what `INTERVAL` and arithmetic are made of. */
const pureFunctions = new Set(["+", "-", "trunc", "make_date", "make_timestamp", "make_timestamptz", "epoch_ms"]);
const isPure = (name: string): boolean => pureFunctions.has(name) || /^to_(\w+s|century)$/.test(name);

/** Whether an expression names nothing and gives the same always. */
export function isConstant(expression: SqlNode): boolean {
  switch (expression["class"]) {
    case "CONSTANT":
      return true;
    case "CAST": {
      const operand = child(expression, "child");
      return operand !== undefined && isConstant(operand);
    }
    case "FUNCTION":
      return isPure(text(expression, "function_name")) && childrenOf(expression, "children").every(isConstant);
    default:
      return false;
  }
}

/** The types, besides text in quotes, whose values DuckDB compares with a column of the type without changing the column's. */
const comparable: Partial<Record<PrimitiveType["kind"], readonly RegExp[]>> = {
  boolean: [/^BOOLEAN$/],
  int: [/^U?(TINY|SMALL)INT$/, /^INTEGER$/, /^UINTEGER$/, /^BIGINT$/],
  long: [/^U?(TINY|SMALL)INT$/, /^U?INTEGER$/, /^BIGINT$/],
  double: [/^U?(TINY|SMALL)INT$/, /^U?INTEGER$/, /^BIGINT$/, /^DECIMAL/, /^FLOAT$/, /^DOUBLE$/],
  decimal: [/^U?(TINY|SMALL)INT$/, /^U?INTEGER$/, /^DECIMAL/],
  string: [/^VARCHAR$/],
  date: [/^DATE$/, /^TIMESTAMP$/, /^TIMESTAMP WITH TIME ZONE$/],
  time: [/^TIME$/],
  timestamp: [/^DATE$/, /^TIMESTAMP$/, /^TIMESTAMP WITH TIME ZONE$/],
  timestamptz: [/^DATE$/, /^TIMESTAMP$/, /^TIMESTAMP WITH TIME ZONE$/],
  uuid: [/^UUID$/],
};

/** The value of a constant expression in a column's type; undefined where it has none, or another than DuckDB compares. */
export type ConstantValue = (expression: SqlNode, type: PrimitiveType) => Datum | undefined;

/** Constants beyond these are not worth their evaluation. */
const evaluated = 2000;

/**
 * Lets DuckDB say what constants are in the types of the columns that they are compared with. `use` is called twice: to
 * learn which constants there are, and with their values.
 */
export async function withConstants<T>(session: Session, use: (constantValue: ConstantValue) => T): Promise<T> {
  const asked = new Map<string, { readonly expression: SqlNode; readonly type: PrimitiveType }>();
  use((expression, type) => {
    if (type.kind in comparable) asked.set(keyOf(expression, type), { expression, type });
    return undefined;
  });
  const values = asked.size > evaluated ? new Map() : await evaluate(session, asked);
  return use((expression, type) => values.get(keyOf(expression, type)));
}

async function evaluate(
  session: Session,
  asked: ReadonlyMap<string, { readonly expression: SqlNode; readonly type: PrimitiveType }>,
): Promise<ReadonlyMap<string, Datum>> {
  const constants = [...asked.entries()];
  const values = new Map<string, Datum>();
  if (constants.length === 0) return values;
  const list = constants.map(([, { expression }], index) => ({ ...withoutDoubles(expression), alias: `c${index}` }));
  const select = await session.row(`SELECT json_deserialize_sql(${quotedString(selectJson(list))}) AS sql`);
  const columns = constants.map(([, { type }], index) => {
    const cast = `TRY_CAST(c${index} AS ${duckdbType(type)})`;
    return `typeof(c${index}) AS t${index}, TRY(${datumSql(type, cast)}) AS v${index}, TRY(${cast} = c${index}) AS e${index}`;
  });
  const row = await session.row(`SELECT ${columns.join(", ")} FROM (${select["sql"]})`);
  for (const [index, [key, { expression, type }]] of constants.entries()) {
    const isText = expression["class"] === "CONSTANT" && row[`t${index}`] === "VARCHAR";
    const isSame =
      row[`e${index}`] === true && comparable[type.kind]?.some((known) => known.test(String(row[`t${index}`])));
    const value = parseDatum(type, row[`v${index}`]);
    if (value !== null && (isText || isSame === true)) values.set(key, value);
  }
  return values;
}

/** DuckDB takes no `7` for the double that it writes as `7.0`: they go there as text. */
function withoutDoubles(expression: SqlNode): SqlNode {
  const value = child(expression, "value");
  const type = value && child(value, "type");
  if (expression["class"] === "CONSTANT" && value && type && ["DOUBLE", "FLOAT"].includes(text(type, "id"))) {
    const literal = { ...value, type: { ...type, id: "VARCHAR" }, value: String(value["value"]) };
    return castTo({ ...expression, value: literal }, type);
  }
  const operand = child(expression, "child");
  return {
    ...expression,
    ...(operand !== undefined && { child: withoutDoubles(operand) }),
    ...("children" in expression && { children: childrenOf(expression, "children").map(withoutDoubles) }),
  };
}

function castTo(operand: SqlNode, type: SqlNode): SqlNode {
  const place = { alias: "", query_location: 0 };
  return { class: "CAST", type: "OPERATOR_CAST", ...place, child: operand, cast_type: type, try_cast: false };
}

const keyOf = (expression: SqlNode, type: PrimitiveType): string =>
  stringifyJson([withoutPlaces(expression), duckdbType(type)]);

/** The same constant twice is one. */
function withoutPlaces(value: JsonValue | undefined): JsonValue {
  if (value === undefined) return null;
  if (value === null || typeof value !== "object") return value;
  if (Array.isArray(value)) return value.map(withoutPlaces);
  const members = Object.entries(value).filter(([name]) => name !== "query_location");
  return Object.fromEntries(members.map(([name, member]) => [name, withoutPlaces(member)]));
}

/** A SELECT of these expressions, as DuckDB serializes it. */
function selectJson(list: readonly SqlNode[]): string {
  const node: SqlNode = {
    type: "SELECT_NODE",
    modifiers: [],
    cte_map: { map: [] },
    select_list: list as JsonValue[],
    from_table: { type: "EMPTY", alias: "", sample: null, query_location: 0 },
    where_clause: null,
    group_expressions: [],
    group_sets: [],
    aggregate_handling: "STANDARD_HANDLING",
    having: null,
    sample: null,
    qualify: null,
  };
  return stringifyJson({ error: false, statements: [{ node, named_param_map: [] }] });
}
