import { readFileSync } from "node:fs";

/**
 * The most memory that this process has held, in MB. Linux counts for a new process what its parent held when it started
 * it, so it is asked there for that of the program alone.
 */
export function peakMemoryMb(): number {
  try {
    const kilobytes = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1];
    if (kilobytes !== undefined) return Number(kilobytes) / 1024;
  } catch {
    // Not Linux.
  }
  return process.resourceUsage().maxRSS / 1024;
}
