/** How to reach S3, or a server that speaks as it does. */
export interface S3Options {
  /** Of a server that is not Amazon's. */
  readonly endpoint?: string;
  /** Default: the environment's; with an endpoint, `us-east-1`. */
  readonly region?: string;
  /** Whether buckets stand in the path and not in the host name. Default: with an endpoint. */
  readonly pathStyle?: boolean;
  /** Fixed, or asked for with each request by a function that keeps them. Default: those of the environment, as the AWS SDK finds them. */
  readonly credentials?: S3Credentials | (() => Promise<S3Credentials>);
  /** How often a request is sent before it fails. Default: 5. */
  readonly maxAttempts?: number;
  /** How long a connection may be silent, in milliseconds. Default: a minute. */
  readonly timeoutMs?: number;
  /** Larger files are uploaded in parts of this size, in bytes; Amazon wants at least 5 MiB. Default: 16 MiB. */
  readonly partBytes?: number;
}

export interface S3Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}
