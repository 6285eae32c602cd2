import { hostname } from "node:os";

/** Process ids mean something on their own machine alone; a directory may be shared between several. */
const host = hostname().replaceAll(/[^A-Za-z0-9.-]/g, "");

/** A folder's name that says which process holds the lease. */
export const leaseName = (): string => `${host}_${process.pid}_${crypto.randomUUID()}`;

/** Whether the lease was left behind by a process of this machine that has ended. */
export function isAbandoned(name: string): boolean {
  const [owner, pid] = name.split("_");
  return owner === host && pid !== undefined && !isRunning(Number(pid));
}

/** A process of another user is there, too. */
function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
