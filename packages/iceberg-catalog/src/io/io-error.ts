import { IcebergError } from "../errors.ts";

export function fileNotFound(location: string, cause?: unknown): IcebergError {
  return new IcebergError("FILE_NOT_FOUND", `${location} is not there`, { cause, context: { location } });
}

export function fileExists(location: string, cause?: unknown): IcebergError {
  return new IcebergError("FILE_EXISTS", `${location} is already there and is never overwritten`, {
    cause,
    context: { location },
  });
}

/** A byte range that the file does not have. */
export function rangeBeyondEnd(location: string, size: number): IcebergError {
  return new IcebergError("IO_FAILED", `${location} has only ${size} bytes`, { context: { location, size } });
}

/** Classifies an error of the operating system, once, where it enters. */
export function fromSystemError(cause: unknown, location: string): IcebergError {
  const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
  switch (code) {
    case "ENOENT":
    case "ENOTDIR":
      return fileNotFound(location, cause);
    case "EEXIST":
      return fileExists(location, cause);
    case "ENOSPC":
    case "EDQUOT":
      return new IcebergError("STORAGE_FULL", `no space left to write ${location}; nothing was left behind`, {
        cause,
        context: { location },
      });
    case "ENAMETOOLONG":
    case "ERR_INVALID_ARG_VALUE":
      return new IcebergError("INVALID_ARGUMENT", `${JSON.stringify(location)} cannot be a path on this machine`, {
        cause,
        context: { location },
      });
    default:
      return new IcebergError("IO_FAILED", `${location}: ${cause instanceof Error ? cause.message : String(cause)}`, {
        cause,
        context: { location },
      });
  }
}
