/** A connection that could not be made, or broke: whether the commands that were under way were carried out, nobody knows. */
export class ConnectionLost extends Error {
  override readonly name = "ConnectionLost";
  /** The other end is silent: to try again at once would only wait for as long again. */
  readonly silent: boolean;

  constructor(message: string, silent: boolean, options: { readonly cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.silent = silent;
  }
}
