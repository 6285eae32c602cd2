import { readFile, rename, rm, writeFile } from "node:fs/promises";
import { IcecoreError } from "../errors.ts";
import { editFeature, type FeatureEdit, renameInProjections, variableOf } from "./edit-feature.ts";
import { definitionFiles } from "./load-definitions.ts";

/** Definition files with a feature changed, not yet written. */
export interface EditedFiles {
  /** The file that defines the view. */
  readonly path: string;
  /** Writes the edit; each file changes whole or not at all. */
  write(): Promise<void>;
  /** Writes the texts from before. */
  restore(): Promise<void>;
}

interface EditedFile {
  readonly path: string;
  readonly before: string;
  readonly after: string;
}

/**
 * Finds the `defineFeatureView({ name: "VIEW", ... })` of a repository and changes one of its features there; a feature
 * that gets another name gets it in the services of the repository too. All other text stays.
 * @throws IcecoreError `DEFINITIONS_INVALID` when no file spells out the view's name and the feature
 */
export async function editFiles(directory: string, view: string, edit: FeatureEdit): Promise<EditedFiles> {
  const files: EditedFile[] = [];
  for (const path of await definitionFiles(directory)) {
    const before = await readFile(path, "utf8");
    files.push({ path, before, after: editFeature(before, view, edit) ?? before });
  }
  const owner = files.find(({ before, after }) => before !== after);
  if (owner === undefined) throw notSpeltOut(directory, view, edit);
  const edited = files.map((file) => ({ ...file, after: renamedInServices(file.after, owner.before, view, edit) }));
  const changed = edited.filter(({ before, after }) => before !== after);
  return {
    path: owner.path,
    write: () => replaceAll(changed.map(({ path, after }) => [path, after])),
    restore: () => replaceAll(changed.map(({ path, before }) => [path, before])),
  };
}

function renamedInServices(text: string, defining: string, view: string, edit: FeatureEdit): string {
  const variable = edit.type === "rename" ? variableOf(defining, view) : undefined;
  return edit.type === "rename" && variable !== undefined
    ? renameInProjections(text, variable, edit.name, edit.to)
    : text;
}

function notSpeltOut(directory: string, view: string, edit: FeatureEdit): IcecoreError {
  const name = edit.type === "add" ? "..." : `${edit.name}: ...`;
  return new IcecoreError(
    "DEFINITIONS_INVALID",
    `no file in ${directory} has defineFeatureView({ name: "${view}", features: { ${name} } }) spelt out; change it there by hand and run icecore apply`,
  );
}

async function replaceAll(texts: readonly (readonly [path: string, text: string])[]): Promise<void> {
  for (const [path, text] of texts) await replaceFile(path, text);
}

async function replaceFile(path: string, text: string): Promise<void> {
  const temporary = `${path}.${crypto.randomUUID()}.tmp`;
  try {
    await writeFile(temporary, text);
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}
