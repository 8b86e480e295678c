/** What a deployment is between: files of a folder, and a place that serves them. */

/** A file to deploy. */
export interface SiteFile {
  /** From the root of the registry, with `/`. */
  readonly path: string;
  /** Absolute. */
  readonly file: string;
  /** In bytes. */
  readonly size: number;
  /** Since 1970, as the file system says. */
  readonly modifiedMs: number;
}

/** What a place says of a file that it has. It is compared with ours, and decides nothing but whether to send that again. */
export interface Found {
  /** In bytes, where the place says it. */
  readonly size?: number;
  /** As the place computes it; undefined where it does not say. */
  readonly digest?: string;
}

/** A place that files are put into. */
export interface Place extends AsyncDisposable {
  /** For people; without credentials. */
  readonly shown: string;
  /** By path. */
  list(): Promise<ReadonlyMap<string, Found>>;
  /** Whether what the place has is what the file holds. */
  holds(file: SiteFile, found: Found): Promise<boolean>;
  /** Afterwards it is there as a whole, or, where a place changes all at once, with `finish`. */
  put(file: SiteFile): Promise<void>;
  remove(path: string): Promise<void>;
  /**
   * Once all is put and removed, where there was something to do.
   *
   * @param assertStill throws where the site is not what it was: asked after its files were read, and before they can be seen
   */
  finish(assertStill: () => Promise<void>): Promise<void>;
}

export interface PlaceOptions {
  readonly signal: AbortSignal;
  readonly now: Date;
}
