import type { Timestamp } from '@ar-registry/schemas';
import type { ApiClient } from '../api-client/index.ts';
import type { InstallStore } from '../install-store/index.ts';
import type { Tarballs } from '../npm/index.ts';

/** What an installation needs of the world. */
export interface InstallPorts {
  readonly client: ApiClient;
  readonly store: InstallStore;
  /** Absolute path of the project: paths in its files are relative to it. */
  readonly projectDir: string;
  /** Absolute path that paths on the command line are relative to. */
  readonly cwd: string;
  readonly signal: AbortSignal;
  /** URLs of registries in folders that were named relative to where the command runs, or to the project. */
  readonly relativeRegistries?: ReadonlySet<string>;
  /** Environment of the process; builds get as little of it as they can do with. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Absolute path of a folder of this command alone, made when it is needed; whoever makes the ports removes it. */
  readonly scratchDir: string;
  /** npm packages that were brought along; without it npm asks its registries. */
  readonly tarballs?: Tarballs | undefined;
  /** Versions that were published after it are not chosen, unless they are asked for exactly. */
  readonly publishedBefore?: Timestamp | undefined;
}
