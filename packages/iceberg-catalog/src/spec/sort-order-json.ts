import { fieldId, sortOrderId } from "./ids.ts";
import type { JsonObject } from "./json.ts";
import type { JsonReader } from "./json-reader.ts";
import type { SortField, SortOrder } from "./sort-order.ts";
import { parseTransform, transformToString } from "./transform.ts";

export function parseSortOrder(json: JsonReader): SortOrder {
  return {
    orderId: sortOrderId(json.field("order-id").integer()),
    fields: json.field("fields").array().map(parseSortField),
  };
}

export function sortOrderToJson(order: SortOrder): JsonObject {
  return { "order-id": BigInt(order.orderId), fields: order.fields.map(sortFieldToJson) };
}

function parseSortField(json: JsonReader): SortField {
  return {
    sourceId: fieldId(json.field("source-id").integer()),
    transform: parseTransform(json.field("transform").string()),
    direction: parseDirection(json.field("direction")),
    nullOrder: parseNullOrder(json.field("null-order")),
  };
}

function sortFieldToJson(field: SortField): JsonObject {
  return {
    transform: transformToString(field.transform),
    "source-id": BigInt(field.sourceId),
    direction: field.direction,
    "null-order": field.nullOrder,
  };
}

function parseDirection(json: JsonReader): SortField["direction"] {
  const direction = json.string().toLowerCase();
  if (direction === "asc" || direction === "desc") return direction;
  throw json.invalid(`"${direction}" is no sort direction: asc, desc`);
}

function parseNullOrder(json: JsonReader): SortField["nullOrder"] {
  const order = json.string().toLowerCase();
  if (order === "nulls-first" || order === "nulls-last") return order;
  throw json.invalid(`"${order}" is no null order: nulls-first, nulls-last`);
}
