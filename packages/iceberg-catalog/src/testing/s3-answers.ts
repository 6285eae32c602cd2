import type { IncomingHttpHeaders } from "node:http";
import { etagOf, type S3Objects } from "./s3-objects.ts";

export interface S3Request {
  readonly method: string;
  /** `/bucket/key`, decoded. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: Uint8Array;
}

export interface S3Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
}

export function refusal(status: number, code: string, detail = ""): S3Answer {
  return xml(`<Error><Code>${code}</Code><Message>${code} by the test</Message>${detail}</Error>`, status);
}

/** What S3 answers, as far as a FileIO asks. */
export function answerOf(store: S3Objects, request: S3Request): S3Answer {
  const { method, path, query, body } = request;
  const id = query.get("uploadId");
  if (id !== null) return answerUpload(store, request, id);
  if (method === "GET" && query.get("list-type") === "2") return list(store, request);
  switch (method) {
    case "HEAD":
    case "GET":
      return download(store, request);
    case "PUT":
      if (isTaken(store, request)) return refusal(412, "PreconditionFailed");
      store.objects.set(path, { bytes: body, metadata: metadataOf(request) });
      return { status: 200, headers: { etag: etagOf(body) } };
    case "DELETE":
      store.objects.delete(path);
      return { status: 204 };
    default:
      return xml(`<R><UploadId>${store.begin(metadataOf(request))}</UploadId></R>`);
  }
}

function answerUpload(store: S3Objects, request: S3Request, id: string): S3Answer {
  const upload = store.uploads.get(id);
  if (upload === undefined) return refusal(404, "NoSuchUpload");
  switch (request.method) {
    case "PUT":
      upload.parts.set(Number(request.query.get("partNumber")), request.body);
      return { status: 200, headers: { etag: etagOf(request.body) } };
    case "DELETE":
      store.uploads.delete(id);
      return { status: 204 };
    default:
      if (isTaken(store, request)) return refusal(412, "PreconditionFailed");
      store.complete(request.path, id, upload);
      return xml("<R><ETag>whole</ETag></R>");
  }
}

/** So few that listings of a handful come in pages. */
const pageSize = 2;

function list({ objects }: S3Objects, { path, query }: S3Request): S3Answer {
  const [, bucket = ""] = path.split("/");
  const prefix = `/${bucket}/${query.get("prefix") ?? ""}`;
  const after = query.get("continuation-token") ?? "";
  const found = [...objects]
    .filter(([key]) => key.startsWith(prefix) && key > after)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const page = found.slice(0, pageSize);
  const contents = page.map(([key, { bytes }]) => {
    const name = escapeXml(key.slice(`/${bucket}/`.length));
    return `<Contents><Key>${name}</Key><Size>${bytes.length}</Size><LastModified>2024-05-01T00:00:00.000Z</LastModified></Contents>`;
  });
  const isTruncated = found.length > page.length;
  const next = isTruncated ? `<NextContinuationToken>${escapeXml(page.at(-1)?.[0] ?? "")}</NextContinuationToken>` : "";
  return xml(
    `<ListBucketResult><IsTruncated>${isTruncated}</IsTruncated>${contents.join("")}${next}</ListBucketResult>`,
  );
}

const escapeXml = (text: string): string => text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);

function download(store: S3Objects, { method, path, headers }: S3Request): S3Answer {
  const object = store.objects.get(path);
  if (object === undefined) return method === "HEAD" ? { status: 404 } : refusal(404, "NoSuchKey");
  const { bytes } = object;
  const metadata = Object.entries(object.metadata);
  const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(headers.range ?? "") ?? [];
  if (first === undefined || last === undefined) {
    return { status: 200, headers: Object.fromEntries(metadata), body: bytes };
  }
  if (Number(first) >= bytes.length) return refusal(416, "InvalidRange");
  const body = bytes.subarray(Number(first), Number(last) + 1);
  return { status: 206, headers: { "content-range": `bytes ${first}-${last}/${bytes.length}` }, body };
}

/** Every write must be conditional: one that is not is a fault of the client under test. */
function isTaken(store: S3Objects, { headers, path }: S3Request): boolean {
  if (headers["if-none-match"] !== "*") throw new Error(`${path} is written without "If-None-Match: *"`);
  return store.objects.has(path);
}

function metadataOf({ headers }: S3Request): Record<string, string> {
  const entries = Object.entries(headers).filter(([name]) => name.startsWith("x-amz-meta-"));
  return Object.fromEntries(entries.map(([name, value]) => [name, String(value)]));
}

function xml(text: string, status = 200): S3Answer {
  return { status, headers: { "content-type": "application/xml" }, body: Buffer.from(`<?xml version="1.0"?>${text}`) };
}
