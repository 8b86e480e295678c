/** What a deployment is between: files of a folder, and a place that serves them. */
import path from 'node:path';

/** A file to deploy. There may be millions, so it says no more than it must. */
export interface SiteFile {
  /** From the root of the registry, with `/`. */
  readonly path: string;
  /** Of the site; absolute. */
  readonly folder: string;
  /** In bytes. */
  readonly size: number;
  /** Since 1970, as the file system says. */
  readonly modifiedMs: number;
  /** Another one for each file that was moved here, whatever its time. */
  readonly inode: number;
}

/** Absolute. */
export function fileOf({ folder, path: name }: SiteFile): string {
  return path.join(folder, name);
}

/** What a place says of a file that it has. It is compared with ours, and decides nothing but whether to send that again. */
export interface Found {
  /** In bytes, where the place says it. */
  readonly size?: number;
  /** As the place computes it; undefined where it does not say. */
  readonly digest?: string;
}

/** What the place had when it was looked at, to tell whether it is that still. */
export interface Head {
  /** Of the deployment that left it so, as whoever deployed wrote down; undefined where nobody knows what it has. */
  readonly id: string | undefined;
  /** As the place counts. */
  readonly version: string | undefined;
}

/** The place for one deployment alone. */
export interface Hold {
  /** Ends as soon as somebody else has it. */
  readonly signal: AbortSignal;
  /** @throws DEPLOY_IN_USE where somebody else has it by now */
  assertHeld(): Promise<void>;
  /**
   * All that was put is there.
   *
   * @param assertStill throws where the site is not what it was: asked after its files were read, and before they can be seen
   * @returns the id of the place as it is now
   */
  finish(assertStill: () => Promise<void>): Promise<string>;
  /** A part of what was to be put is there. @returns the id of the place as it is now */
  leave(): Promise<string>;
}

/** A place that files are put into. */
export interface Place extends AsyncDisposable {
  /** For people; without credentials. */
  readonly shown: string;
  /** Tells it from all others. */
  readonly key: string;
  /** Whether each file is there as soon as it is put, and none where there is a folder of its name. */
  readonly isFolder: boolean;
  /** Waits for whoever is deploying there. @throws DEPLOY_IN_USE */
  head(): Promise<Head>;
  /** All files, in the order of their paths. */
  list(): AsyncIterable<readonly [path: string, found: Found]>;
  /** Those of them that are there. */
  find(paths: readonly string[]): Promise<ReadonlyMap<string, Found>>;
  /** Whether what the place has is what the file holds. */
  holds(file: SiteFile, found: Found): Promise<boolean>;
  /**
   * Runs `work` while nobody else deploys there. Where that neither finishes nor leaves, the place has no id afterwards.
   *
   * @returns undefined where the place is not as it was at that head
   */
  hold<T>(head: Head, work: (hold: Hold) => Promise<T>): Promise<{ readonly result: T } | undefined>;
  /** Afterwards it is there as a whole, or, where a place changes all at once, with `finish`. */
  put(file: SiteFile): Promise<void>;
  remove(path: string): Promise<void>;
}

export interface PlaceOptions {
  readonly signal: AbortSignal;
  readonly now: Date;
  /** How long signs of life may be apart; those of tests come sooner. */
  readonly pace?: Pace;
}

/** In milliseconds. */
export interface Pace {
  /** Between two signs of life. */
  readonly beat: number;
  /** Without one for so long somebody is taken to be gone. */
  readonly gone: number;
  /** How long to wait for somebody who is not. */
  readonly wait: number;
  /** How often to look. */
  readonly look: number;
}
