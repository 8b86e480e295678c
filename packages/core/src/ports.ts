/** Interfaces of the outside world that io implements and core's callers pass around. */
import type { Integrity } from '@ar-registry/schemas';

/** Hashes bytes into an integrity string. */
export type Hash = (bytes: Uint8Array) => Integrity;
