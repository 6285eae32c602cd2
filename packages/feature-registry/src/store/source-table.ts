import { fieldId, type NestedField, type Schema, Table, type TableMetadata } from "@icecore/iceberg-catalog";
import type { FeatureView } from "../definitions.ts";

/**
 * A table that others write, read under the names of the view that it is the source of. Data files are read by field id,
 * so that columns called otherwise are all it takes. What commits to it (tags) goes to the table itself.
 */
export class SourceTable extends Table {
  readonly #view: FeatureView;

  constructor(table: Table, view: FeatureView) {
    const metadata = underNamesOf(view, table.metadata);
    const { metadataLocation } = table;
    super(
      table.catalog,
      table.identifier,
      { metadata, metadataLocation, config: {}, storageCredentials: [] },
      table.io,
    );
    this.#view = view;
  }

  override at(loaded: Parameters<Table["at"]>[0]): Table {
    return new SourceTable(super.at(loaded), this.#view);
  }
}

/** An id that no table gives out: the spec keeps those above 2147483447 for itself, and tables count from 1. */
const absentColumnId = fieldId(2_147_400_000);

function underNamesOf(view: FeatureView, metadata: TableMetadata): TableMetadata {
  const names = new Map<number, string>();
  for (const [column, name] of Object.entries(view.source?.fieldMapping ?? {})) {
    const id = idOf(column, metadata);
    if (id !== undefined) names.set(id, name);
  }
  return { ...metadata, schemas: metadata.schemas.map((schema) => underNames(schema, names, view)) };
}

/** The column of that name now, or the last that had it. */
function idOf(name: string, { schemas, currentSchemaId }: TableMetadata): number | undefined {
  const newestFirst = [...schemas].sort((a, b) => b.schemaId - a.schemaId);
  const current = newestFirst.filter(({ schemaId }) => schemaId === currentSchemaId);
  return [...current, ...newestFirst].flatMap(({ fields }) => fields).find((field) => field.name === name)?.id;
}

function underNames(schema: Schema, names: ReadonlyMap<number, string>, view: FeatureView): Schema {
  const fields = schema.fields.map((field) => ({ ...field, name: names.get(field.id) ?? field.name }));
  const { createdTimestampColumn: created } = view;
  return fields.some(({ name }) => name === created)
    ? { ...schema, fields }
    : { ...schema, fields: [...fields, absent(created)] };
}

/** A column that no file has: it reads as null. */
function absent(name: string): NestedField {
  return { id: absentColumnId, name, required: false, type: { kind: "timestamptz" } };
}
