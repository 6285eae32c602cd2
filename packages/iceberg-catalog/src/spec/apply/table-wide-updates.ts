import { supportedFormatVersion } from "../format-version.ts";
import { type Draft, edited, refused } from "./draft.ts";

/** A uuid is given once: what carries another is another table. */
export function assignUuid(draft: Draft, uuid: string): Draft {
  const current = draft.metadata.tableUuid;
  if (current !== "" && current !== uuid) throw refused(`the table already has the uuid ${current}`);
  return edited(draft, { tableUuid: uuid });
}

export function upgradeFormatVersion(draft: Draft, version: number): Draft {
  const current = draft.metadata.formatVersion;
  if (version < current) throw refused(`the format version cannot go from ${current} back to ${version}`);
  return edited(draft, { formatVersion: supportedFormatVersion(version) });
}

export function setLocation(draft: Draft, location: string): Draft {
  return edited(draft, { location });
}

export function setProperties(draft: Draft, updates: Readonly<Record<string, string>>): Draft {
  return edited(draft, { properties: { ...draft.metadata.properties, ...updates } });
}

export function removeProperties(draft: Draft, removals: readonly string[]): Draft {
  const kept = Object.entries(draft.metadata.properties).filter(([name]) => !removals.includes(name));
  return edited(draft, { properties: Object.fromEntries(kept) });
}
