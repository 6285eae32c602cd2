/** Pages that need other engines to be followed: test:interop does, and `npm test` reads their configuration. */
export const enginePages: readonly string[] = [
  "docs/how-to/notebooks.md",
  "docs/how-to/polaris-and-s3.md",
  "docs/how-to/redis-cluster.md",
  "docs/how-to/spark.md",
];

/** Pages that say what the code says, what was measured, and what was decided: nobody types what is in them. */
export const recordPages = /^docs\/(?:reference\/|adr\/|benchmarks\.md)/;
