export { type EmbeddedCatalog, type EmbeddedCatalogOptions, openEmbeddedCatalog } from "./open-embedded-catalog.ts";
