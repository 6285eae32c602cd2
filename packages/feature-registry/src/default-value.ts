import type { PrimitiveType } from "@icecore/iceberg-catalog";
import type { FeatureDefault } from "./definitions.ts";

const day = String.raw`\d{4}-\d{2}-\d{2}`;
const clock = String.raw`\d{2}:\d{2}:\d{2}(\.\d{1,6})?`;
const patterns = {
  date: new RegExp(`^${day}$`),
  time: new RegExp(`^${clock}$`),
  timestamp: new RegExp(`^${day}[T ]${clock}$`),
  timestamptz: new RegExp(`^${day}[T ]${clock}(Z|[+-]\\d{2}:\\d{2})$`),
  uuid: /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i,
} as const;

/** Whether a default is a value of the type: nothing that a reader would have to round, guess or refuse. */
export function defaultFits(type: PrimitiveType, value: FeatureDefault): boolean {
  switch (type.kind) {
    case "boolean":
      return typeof value === "boolean";
    case "int":
      return typeof value === "number" && value === (value | 0);
    case "long":
      return typeof value === "number" && Number.isSafeInteger(value);
    case "float":
    case "double":
      return Number.isFinite(value);
    case "string":
      return typeof value === "string";
    case "decimal":
      return typeof value === "string" && decimalFits(value, type.precision, type.scale);
    case "date":
    case "timestamp":
    case "timestamptz":
      return typeof value === "string" && patterns[type.kind].test(value) && isRealDay(value.slice(0, 10));
    case "time":
      return (
        typeof value === "string" && patterns.time.test(value) && !Number.isNaN(Date.parse(`1970-01-01T${value}Z`))
      );
    case "uuid":
      return typeof value === "string" && patterns.uuid.test(value);
    default:
      return false;
  }
}

function decimalFits(text: string, precision: number, scale: number): boolean {
  const [, whole = "", fraction = ""] = /^-?(\d+)(?:\.(\d+))?$/.exec(text) ?? [];
  return whole !== "" && fraction.length <= scale && whole.replace(/^0+/, "").length <= precision - scale;
}

/** JavaScript takes 30 February for 2 March. */
function isRealDay(text: string): boolean {
  const time = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}
