/**
 * Descriptors that a process started from here would have, too, past all of its switches: those that the daemon itself was
 * started with (a shell's `200>lock`), and those that native code opened without saying that they end here, as agent-relay
 * opens the terminals of its agents.
 */
import { readdirSync, readFileSync } from 'node:fs';

const CLOSE_ON_EXEC = 0o2000000;
/** The first three, and the pipe, are made anew for each process. */
const OWN = 4;

/** @returns in no order; none where the system does not say, which on macOS closes them by itself */
export function inheritedDescriptors(): readonly number[] {
  // At once: what is opened before the process is started must be among them.
  return list().filter((descriptor) => descriptor >= OWN && staysOpen(descriptor));
}

function list(): readonly number[] {
  try {
    return readdirSync('/proc/self/fd').map(Number);
  } catch {
    return [];
  }
}

function staysOpen(descriptor: number): boolean {
  try {
    const flags = /^flags:\s*([0-7]+)$/m.exec(readFileSync(`/proc/self/fdinfo/${descriptor}`, 'utf8'))?.[1];
    return flags !== undefined && (Number.parseInt(flags, 8) & CLOSE_ON_EXEC) === 0;
  } catch {
    return false; // that of the list itself
  }
}
