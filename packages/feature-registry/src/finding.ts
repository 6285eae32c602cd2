/** Something wrong with a definition, or with what it asks for. */
export interface Finding {
  /** `feature view "origin_delays"` */
  readonly where: string;
  readonly message: string;
}

/** A finding as one line. */
export function findingText({ where, message }: Finding): string {
  return `${where}: ${message}`;
}
