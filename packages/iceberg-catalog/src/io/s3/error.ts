import { IcebergError, type IcebergErrorCode } from "../../errors.ts";
import { fileExists, fileNotFound } from "../io-error.ts";

/** What of the SDK's error may be told: the answer of the server can repeat tokens, in fields such as `CanonicalRequest`. */
interface Problem {
  readonly name: string;
  readonly message: string;
  /** Undefined when no answer came. */
  readonly status: number | undefined;
  /** The system's word for a failed connection. */
  readonly systemCode: string | undefined;
  readonly requestId: string | undefined;
}

/** Reasons that say more than their status, which is mostly 400. */
const codeByReason: ReadonlyMap<string, IcebergErrorCode> = new Map([
  ["CredentialsProviderError", "AUTHENTICATION_FAILED"],
  ["ExpiredToken", "FORBIDDEN"],
  ["InvalidToken", "FORBIDDEN"],
  ["TokenRefreshRequired", "FORBIDDEN"],
  ["AuthorizationHeaderMalformed", "INVALID_ARGUMENT"],
  ["PermanentRedirect", "INVALID_ARGUMENT"],
  ["IllegalLocationConstraintException", "INVALID_ARGUMENT"],
  ["TimeoutError", "SERVICE_UNAVAILABLE"],
]);

/** Classifies an error of the S3 client, once, where it enters. */
export function fromS3Error(error: unknown, location: string): IcebergError {
  if (error instanceof IcebergError) return error;
  const problem = problemOf(error);
  const cause = causeOf(problem);
  if (problem.name === "NoSuchBucket") return ioError("FILE_NOT_FOUND", location, "its bucket is not there", problem);
  if (problem.name === "NoSuchUpload") return ioError("IO_FAILED", location, "somebody aborted its upload", problem);
  switch (problem.status) {
    case 404:
      return fileNotFound(location, cause);
    case 412:
      return fileExists(location, cause);
    default:
      return ioError(codeOf(problem), location, mendOf(problem), problem);
  }
}

/** Whether writing at the same moment as somebody else was refused without a decision who wins. */
export function isUndecidedRace(error: unknown): boolean {
  return problemOf(error).status === 409;
}

/** Whether there was nothing to work on: no object, or no upload. */
export function isNotFound(error: unknown): boolean {
  return problemOf(error).status === 404;
}

function codeOf(problem: Problem): IcebergErrorCode {
  const { name, status } = problem;
  return codeByReason.get(name) ?? (status === undefined ? codeWithoutAnswer(problem) : codeOfStatus(status));
}

function codeWithoutAnswer({ message, systemCode }: Problem): IcebergErrorCode {
  if (message === "Region is missing") return "INVALID_ARGUMENT";
  return systemCode === undefined ? "IO_FAILED" : "SERVICE_UNAVAILABLE";
}

function codeOfStatus(status: number): IcebergErrorCode {
  switch (status) {
    case 301:
    case 307:
      return "INVALID_ARGUMENT";
    case 401:
    case 403:
      return "FORBIDDEN";
    case 501:
      return "UNSUPPORTED";
    case 507:
      return "STORAGE_FULL";
    default:
      return status === 429 || status >= 500 ? "SERVICE_UNAVAILABLE" : "IO_FAILED";
  }
}

function mendOf(problem: Problem): string {
  const said = `${problem.name}: ${problem.message}`;
  switch (codeOf(problem)) {
    case "AUTHENTICATION_FAILED":
      return `no S3 credentials were found (${said}); set s3.access-key-id and s3.secret-access-key, or those of the environment`;
    case "FORBIDDEN":
      return `S3 refuses (${said}); check that the credentials are right, not expired, and allowed to do this`;
    case "INVALID_ARGUMENT":
      return `S3 needs the region of the bucket (${said}); set s3.region, or s3.endpoint`;
    case "UNSUPPORTED":
      return `the S3 server cannot do this (${said}); files are written with "If-None-Match: *", which it must know`;
    case "STORAGE_FULL":
      return `no space left to write (${said}); nothing was left behind`;
    case "SERVICE_UNAVAILABLE":
      return `S3 did not answer as it should (${said}); try again later, or check s3.endpoint`;
    default:
      return said;
  }
}

function ioError(code: IcebergErrorCode, location: string, text: string, problem: Problem): IcebergError {
  const { name, status, requestId } = problem;
  return new IcebergError(code, `${location}: ${text}`, {
    cause: causeOf(problem),
    context: { location, reason: name, status, requestId },
  });
}

function causeOf({ name, message }: Problem): Error {
  return Object.assign(new Error(message), { name });
}

function problemOf(error: unknown): Problem {
  if (!(error instanceof Error)) return { ...unknownProblem, message: String(error) };
  const { $metadata: metadata, code } = error as SdkError;
  return {
    name: error.name,
    message: error.message,
    status: metadata?.httpStatusCode,
    systemCode: typeof code === "string" ? code : undefined,
    requestId: metadata?.requestId,
  };
}

const unknownProblem = { name: "Error", status: undefined, systemCode: undefined, requestId: undefined };

interface SdkError extends Error {
  readonly $metadata?: { readonly httpStatusCode?: number; readonly requestId?: string };
  readonly code?: unknown;
}
