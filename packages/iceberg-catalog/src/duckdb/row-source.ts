import { open, stat } from "node:fs/promises";
import { extname } from "node:path";
import { IcebergError } from "../errors.ts";
import { type ArrowInput, loadArrow } from "./arrow-rows.ts";
import { escapeGlob, quotedString, quotedStrings, subquery } from "./quote.ts";
import type { Session, SourceColumn } from "./session.ts";
import { mapScalars, parseSourceType, sourceTypeText } from "./source-type.ts";

/** Rows that a user hands over: files of one format, or a query. */
export type RowInput =
  | { readonly files: readonly string[] }
  /** SQL that DuckDB runs; trusted, since it is the caller's own program that writes it. */
  | { readonly sql: string };

/** An input that has been opened: something to select from, and its columns. What it holds is gone when it is disposed of. */
export interface RowSource extends AsyncDisposable {
  /** What messages call it. */
  readonly label: string;
  /** An SQL expression to stand after FROM. */
  readonly relation: string;
  readonly columns: readonly SourceColumn[];
}

type FileFormat = "parquet" | "csv" | "ndjson" | "arrow";

const formats: Readonly<Record<string, FileFormat>> = {
  ".parquet": "parquet",
  ".csv": "csv",
  ".tsv": "csv",
  ".ndjson": "ndjson",
  ".jsonl": "ndjson",
  ".arrow": "arrow",
  ".arrows": "arrow",
};

/**
 * Which columns of text formats stay VARCHAR: all, or these; the others are what DuckDB infers, but for timestamps, which
 * stay text, too. Nothing guesses a zone: values are converted, and refused, in one place. Of all, what has something inside
 * stays JSON.
 */
export type TextColumns = "all" | ReadonlySet<string>;

/**
 * Opens an input.
 * @throws IcebergError `FILE_NOT_FOUND`, `FILE_INVALID`, `QUERY_INVALID`
 */
export async function openRowSource(
  session: Session,
  input: RowInput | ArrowInput,
  text: TextColumns,
): Promise<RowSource> {
  const opened = await openInput(session, input, text);
  return {
    label: opened.label,
    relation: opened.relation,
    columns: opened.columns ?? (await session.describe(`SELECT * FROM ${opened.relation}`, opened.label)),
    [Symbol.asyncDispose]: async () => {
      if (opened.table !== undefined) await session.run(`DROP TABLE IF EXISTS ${opened.table}`);
    },
  };
}

interface OpenInput {
  readonly label: string;
  readonly relation: string;
  readonly columns?: readonly SourceColumn[] | undefined;
  /** A temporary table that the relation reads. */
  readonly table?: string;
}

async function openInput(session: Session, input: RowInput | ArrowInput, text: TextColumns): Promise<OpenInput> {
  if ("sql" in input) return { label: "the query", relation: subquery(input.sql) };
  if ("files" in input) return openFiles(session, input.files, text);
  const label = "the Arrow rows";
  return { label, ...(await loadArrow(session, input, label)) };
}

async function openFiles(session: Session, files: readonly string[], text: TextColumns): Promise<OpenInput> {
  const [first] = files;
  if (first === undefined) throw new IcebergError("FILE_NOT_FOUND", "no file named; name at least one");
  for (const file of files) await requireFile(file);
  const found = [...new Set(files.map(formatOf))];
  const [format] = found;
  if (format === undefined || found.length > 1) {
    throw new IcebergError(
      "FILE_INVALID",
      `files of different formats in one call (${found.join(", ")}); run one call per format`,
    );
  }
  const label = files.length === 1 ? first : `${first} and ${files.length - 1} more`;
  if (format === "arrow") return { label, ...(await loadArrowFile(session, files, label)) };
  return { label, relation: await relationOf(session, format, files, text, label) };
}

async function loadArrowFile(
  session: Session,
  [path = "", ...others]: readonly string[],
  label: string,
): Promise<Omit<OpenInput, "label">> {
  if (others.length > 0)
    throw new IcebergError("FILE_INVALID", `${label}: Arrow files are read one by one; run one call for each`);
  await using file = await open(path);
  return await loadArrow(session, { arrowFile: file }, label);
}

async function requireFile(file: string): Promise<void> {
  const found = await stat(file).catch(() => undefined);
  if (found?.isFile() !== true) throw new IcebergError("FILE_NOT_FOUND", `${file}: no such file`);
  if (found.size === 0) throw new IcebergError("FILE_INVALID", `${file}: the file is empty`);
}

function formatOf(file: string): FileFormat {
  const format = formats[extname(file.replace(/\.(gz|zst)$/, "")).toLowerCase()];
  if (format !== undefined) return format;
  const known = Object.keys(formats).join(", ");
  throw new IcebergError("FILE_INVALID", `${file}: cannot tell its format; name it with one of ${known}`);
}

/** A type that DuckDB infers of a sample says nothing of what else is inside of later rows. */
function asText(type: string): string {
  return type === "JSON" || parseSourceType(type).kind !== "scalar" ? "JSON" : "VARCHAR";
}

/** What DuckDB would guess the zone of is text at any depth, and so is what it only knows to be JSON. */
function textOfGuesses(type: string): string {
  const asText = (name: string) => (name.startsWith("TIMESTAMP") || name === "JSON" ? "VARCHAR" : name);
  return sourceTypeText(mapScalars(parseSourceType(type), asText));
}

async function relationOf(
  session: Session,
  format: Exclude<FileFormat, "arrow">,
  files: readonly string[],
  text: TextColumns,
  label: string,
): Promise<string> {
  const paths = quotedStrings(files.map(escapeGlob));
  if (format === "parquet") return `read_parquet(${paths}, union_by_name = true, hive_partitioning = false)`;
  const reader =
    format === "csv"
      ? `read_csv(${paths}, header = true, allow_quoted_nulls = false, union_by_name = true, hive_partitioning = false`
      : `read_json(${paths}, format = 'newline_delimited', hive_partitioning = false`;
  const inferred = await session.describe(`SELECT * FROM ${reader})`, label);
  const typed = inferred.map(({ name, type }) => {
    const inferredType = text === "all" ? asText(type) : text.has(name) ? "VARCHAR" : textOfGuesses(type);
    return `${quotedString(name)}: ${quotedString(inferredType)}`;
  });
  return `${reader}, ${format === "csv" ? "types" : "columns"} = {${typed.join(", ")}})`;
}
