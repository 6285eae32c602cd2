import {
  type AppliedVersion,
  compareDefinitions,
  type Difference,
  loadAppliedVersions,
  loadRegistryAsOf,
  loadRegistryVersion,
  noDefinitions,
  type RegistryVersion,
} from "@icecore/feature-registry";
import { requireRegistry, type StoreContext } from "./context.ts";

/** Which version of the registry is meant; default: the one in force. */
export type RegistryState =
  | { readonly asOf?: undefined; readonly version?: undefined }
  /** The one that was in force then. */
  | { readonly asOf: Date; readonly version?: undefined }
  | { readonly version: number; readonly asOf?: undefined };

/** A version of the registry, and what it changed. */
export interface RegistryEntry extends AppliedVersion {
  readonly changes: readonly Difference[];
}

/** @throws RegistryError `NOTHING_APPLIED`, `VERSION_NOT_FOUND` */
export function registryAt({ project }: StoreContext, { asOf, version }: RegistryState): Promise<RegistryVersion> {
  if (version !== undefined) return loadRegistryVersion(project, version);
  if (asOf !== undefined) return loadRegistryAsOf(project, asOf);
  return requireRegistry(project);
}

/** Every version that was applied, newest first. */
export async function registryHistory({ project }: StoreContext): Promise<readonly RegistryEntry[]> {
  const versions = await loadAppliedVersions(project);
  return versions
    .map((applied, index) => ({
      ...applied,
      changes: compareDefinitions(versions[index - 1]?.definitions ?? noDefinitions, applied.definitions),
    }))
    .reverse();
}
