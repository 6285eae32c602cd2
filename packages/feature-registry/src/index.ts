export {
  defineEntity,
  defineFeatureService,
  defineFeatureView,
  type FeatureInput,
  type FeatureInputs,
  project,
} from "./define.ts";
export {
  type Definition,
  type Definitions,
  type Entity,
  type Feature,
  type FeatureDefault,
  type FeatureService,
  type FeatureView,
  groupDefinitions,
  type JoinKey,
  listDefinitions,
  noDefinitions,
  type PartitionGranularity,
  type Projection,
} from "./definitions.ts";
export { type Duration, formatDuration, parseDuration } from "./duration.ts";
export { didYouMean, RegistryError, type RegistryErrorCode } from "./errors.ts";
export {
  type FeatureRequest,
  type FeatureSelection,
  findFeatureView,
  type RequestedFeature,
  resolveFeatures,
} from "./feature-reference.ts";
export {
  type FeatureTypeName,
  type FeatureValue,
  featureType,
  featureTypeNames,
  type KeyTypeName,
} from "./feature-type.ts";
