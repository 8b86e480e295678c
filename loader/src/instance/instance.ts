import type { Plugin } from '@ar-registry/sdk';
import type { Layer } from '../sandbox/runtime.ts';

/** How a plugin is kept in. */
export interface SandboxStatus {
  /** Version of the Node.js that runs it. */
  readonly node: string;
  /** Walls that this machine lacks. */
  readonly missing: readonly Layer[];
}

/** A plugin whose code is there, in this process or in one of its own. */
export interface Instance {
  readonly plugin: Plugin;
  /** Absent for a plugin in the daemon's process. */
  readonly sandbox?: SandboxStatus;
  /** Of its process and all below it, in bytes; absent for a plugin in the daemon's process. */
  readonly memoryBytes?: () => Promise<number>;
  /** Tells if its process ends although nobody ended it. @param listener is told why, a clause */
  onCrash(listener: (reason: string) => void): void;
  /** Ends its process, if it has one. */
  close(): Promise<void>;
}
