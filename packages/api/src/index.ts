export type { FeatureStoreConfig } from "./config/config.ts";
export { IcecoreError, type IcecoreErrorCode, isKnownError, type KnownError } from "./errors.ts";
export { type OpenOptions, openFeatureStore } from "./open-feature-store.ts";
export type { AddedFeature } from "./store/add-feature.ts";
export { FeatureStore, type IngestOptions } from "./store/feature-store.ts";
export type { HistoryEntry, ListedFile } from "./store/history.ts";
export type { MaterializeOptions } from "./store/materialize-views.ts";
export type { TrainingSetRequest } from "./store/training-sets.ts";
