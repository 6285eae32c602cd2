import { bindPartitionSpec } from "../bind-partition-spec.ts";
import type { SpecId } from "../ids.ts";
import { type LastAdded, lastAdded, type UnboundPartitionSpec } from "../table-update.ts";
import { type Draft, draftSchema, edited, refused } from "./draft.ts";

export function addPartitionSpec(draft: Draft, unbound: UnboundPartitionSpec): Draft {
  const { metadata } = draft;
  const spec = bindPartitionSpec(unbound, draftSchema(draft), metadata);
  if (metadata.partitionSpecs.includes(spec)) return edited(draft, {}, { specId: spec.specId });
  return edited(
    draft,
    {
      partitionSpecs: [...metadata.partitionSpecs, spec],
      lastPartitionId: Math.max(metadata.lastPartitionId, ...spec.fields.map((field) => field.fieldId)),
    },
    { specId: spec.specId },
  );
}

export function setDefaultSpec(draft: Draft, id: SpecId | LastAdded): Draft {
  const defaultSpecId = id === lastAdded ? draft.lastAdded.specId : id;
  if (defaultSpecId === undefined) throw refused("set-default-spec names the last added spec, but none was added");
  if (!draft.metadata.partitionSpecs.some((spec) => spec.specId === defaultSpecId)) {
    throw refused(`there is no partition spec ${defaultSpecId}`);
  }
  return edited(draft, { defaultSpecId });
}

export function removePartitionSpecs(draft: Draft, ids: readonly SpecId[]): Draft {
  const { partitionSpecs, defaultSpecId } = draft.metadata;
  if (ids.includes(defaultSpecId)) throw refused(`partition spec ${defaultSpecId} is the default one`);
  return edited(draft, { partitionSpecs: partitionSpecs.filter((spec) => !ids.includes(spec.specId)) });
}
