import type { SchemaId } from "../ids.ts";
import { highestFieldId, type Schema } from "../schema.ts";
import { idForSchema } from "../schema-id.ts";
import { schemaProblem } from "../schema-problem.ts";
import { type LastAdded, lastAdded } from "../table-update.ts";
import { type Draft, edited, refused } from "./draft.ts";

/** Ids above it are those of metadata columns, such as a row's position (spec, "Reserved Field IDs"). */
const highestColumnId = 2_147_483_447;

/** An equal schema keeps its id; `last-column-id` never falls. */
export function addSchema(draft: Draft, schema: Schema): Draft {
  const problem = schemaProblem(schema);
  if (problem !== undefined) throw refused(problem);
  const highest = highestFieldId(schema);
  if (highest > highestColumnId) throw refused(`field id ${highest} is reserved for metadata columns`);
  const { schemas, lastColumnId } = draft.metadata;
  const id = idForSchema(schemas, schema);
  if (schemas.some((known) => known.schemaId === id)) return edited(draft, {}, { schemaId: id });
  return edited(
    draft,
    {
      schemas: [...schemas, { ...schema, schemaId: id }],
      lastColumnId: Math.max(lastColumnId, highest),
    },
    { schemaId: id },
  );
}

export function setCurrentSchema(draft: Draft, id: SchemaId | LastAdded): Draft {
  const currentSchemaId = id === lastAdded ? draft.lastAdded.schemaId : id;
  if (currentSchemaId === undefined)
    throw refused("set-current-schema names the last added schema, but none was added");
  if (!draft.metadata.schemas.some((schema) => schema.schemaId === currentSchemaId)) {
    throw refused(`there is no schema ${currentSchemaId}`);
  }
  return edited(draft, { currentSchemaId });
}

export function removeSchemas(draft: Draft, ids: readonly SchemaId[]): Draft {
  const { schemas, currentSchemaId } = draft.metadata;
  if (ids.includes(currentSchemaId)) throw refused(`schema ${currentSchemaId} is the current one`);
  return edited(draft, { schemas: schemas.filter((schema) => !ids.includes(schema.schemaId)) });
}
