import {
  type CreateTableRequest,
  fieldId,
  freshType,
  type IcebergType,
  type NestedField,
  schemaId,
  sortOrderId,
} from "@icecore/iceberg-catalog";
import type { Feature, FeatureView } from "./definitions.ts";
import { RegistryError } from "./errors.ts";
import { featureType, keyType } from "./feature-type.ts";

/** A column that a feature view's table has to have. */
export interface ViewColumn {
  readonly name: string;
  readonly type: IcebergType;
  readonly required: boolean;
  readonly doc?: string;
}

/** The columns of a view's table in order: join keys, event timestamp, created timestamp, features. */
export function viewColumns(view: FeatureView): readonly ViewColumn[] {
  return [
    ...view.joinKeys.map((key) => ({ name: key.name, type: keyType(key.type), required: true })),
    { name: view.timestampField, type: { kind: "timestamptz" }, required: true, doc: "When the features became true." },
    {
      name: view.createdTimestampColumn,
      type: { kind: "timestamptz" },
      required: false,
      doc: "When the row was written.",
    },
    ...view.features.map((feature) => featureColumn(view, feature)),
  ];
}

/** The column of one feature; the description is the column's doc. */
function featureColumn(view: FeatureView, feature: Feature): ViewColumn {
  const type = typeOf(view, feature.name, feature.type);
  return { name: feature.name, type, required: false, ...(feature.description ? { doc: feature.description } : {}) };
}

/** The request that creates a view's table: partitioned by event time, sorted by join keys and then time. */
export function viewTableRequest(view: FeatureView): CreateTableRequest {
  const columns = viewColumns(view);
  let lastId = columns.length;
  const nextId = () => fieldId(++lastId);
  const fields: NestedField[] = columns.map((column, index) => ({
    id: fieldId(index + 1),
    ...column,
    type: freshType(column.type, nextId),
  }));
  const timeId = fieldId(view.joinKeys.length + 1);
  const sortIds = [...view.joinKeys.map((_, index) => fieldId(index + 1)), timeId];
  return {
    schema: { schemaId: schemaId(0), fields, identifierFieldIds: [] },
    ...(view.partitionBy === "none"
      ? {}
      : {
          partitionSpec: {
            fields: [
              {
                sourceId: timeId,
                name: `${view.timestampField}_${view.partitionBy}`,
                transform: { kind: view.partitionBy },
              },
            ],
          },
        }),
    sortOrder: {
      orderId: sortOrderId(1),
      fields: sortIds.map((sourceId) => ({
        sourceId,
        transform: { kind: "identity" },
        direction: "asc",
        nullOrder: "nulls-first",
      })),
    },
    properties: { "format-version": "2", "write.parquet.compression-codec": "zstd", ...viewTableProperties(view) },
  };
}

/** How the names of properties begin that say something of the view, and go when it is said no more. */
export const ownProperties = "icecore.";

/** What a view's table says of its view to readers that know nothing of the registry. */
export function viewTableProperties(view: FeatureView): Readonly<Record<string, string>> {
  return {
    comment: view.description,
    owner: view.owner,
    "icecore.feature-view": view.name,
    ...(view.ttlSeconds === undefined ? {} : { "icecore.ttl-seconds": String(view.ttlSeconds) }),
    ...Object.fromEntries(Object.entries(view.tags).map(([key, value]) => [`icecore.tag.${key}`, value])),
  };
}

function typeOf(view: FeatureView, column: string, name: string): IcebergType {
  const type = featureType(name);
  if (type !== undefined) return type;
  throw new RegistryError(
    "DEFINITION_INVALID",
    `feature view "${view.name}": column "${column}" has unknown type "${name}"`,
  );
}
