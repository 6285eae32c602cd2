/** How rows are told in bytes. Arrow is IPC's streaming format. */
export const resultFormats = ["json", "csv", "parquet", "arrow"] as const;
export type ResultFormat = (typeof resultFormats)[number];
