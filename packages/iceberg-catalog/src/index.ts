export { IcebergError, type IcebergErrorCode, isIcebergError } from "./errors.ts";
