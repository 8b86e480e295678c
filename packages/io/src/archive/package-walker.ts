/**
 * The walk over an author's folder that decides what is packed: npm's own, with two differences.
 *
 * - The rules hold for a folder without a package.json too; npm-packlist reads them from the tree it is given, but only
 *   where that file exists.
 * - What is neither a file nor a folder is remembered where npm-packlist drops it without a word.
 */
import type { Stats } from 'node:fs';
import packlist from 'npm-packlist';

/** What npm-packlist reads of a package.json. */
export interface PackRules {
  readonly files?: readonly string[];
  readonly main?: string;
  readonly bin?: Readonly<Record<string, string>>;
}

export interface Walked {
  /** Relative POSIX paths, in no particular order. */
  readonly files: readonly string[];
  /** Links, pipes, sockets and devices that the rules would pack. */
  readonly irregular: readonly string[];
}

/** Lists what npm's rules pack of `dir`. Rejects with the error of the file system. */
export async function walkPackage(dir: string, rules: PackRules): Promise<Walked> {
  const tree = { path: dir, package: rules, isProjectRoot: true, edgesOut: new Map() };
  const walker = new PackageWalker(tree, { isPackage: true });
  const files = await new Promise<readonly string[]>((resolve, reject) => {
    walker.on('done', resolve).on('error', reject).start();
  });
  // ignore-walk writes `./` in front of names that start with an @.
  return { files: files.map((path) => path.replace(/^\.\//, '')), irregular: walker.irregular };
}

type Tree = { readonly path: string; readonly package: PackRules };
type Options = Readonly<Record<string, unknown>>;
type Found = { readonly st: Stats; readonly entry: string; readonly file: boolean };

/** The parts of npm-packlist's walker used here; its types leave the class out. */
declare class NpmWalker {
  readonly tree: Tree;
  readonly path: string;
  readonly root: string;
  readonly parent: NpmWalker | null;
  constructor(tree: Tree, options: Options);
  on(event: 'done', listener: (files: readonly string[]) => void): this;
  on(event: 'error', listener: (error: Error) => void): this;
  start(): this;
  onReaddir(names: readonly string[]): void;
  onstat(found: Found, done: () => void): void;
  processPackage(done: () => void): void;
  walkerOpt(entry: string, options: Options): Options;
  walker(entry: string, options: Options, done: () => void): void;
}

const { Walker } = packlist as unknown as { readonly Walker: typeof NpmWalker };

class PackageWalker extends Walker {
  readonly irregular: string[];

  constructor(tree: Tree, options: Options) {
    super(tree, options);
    this.irregular = (options['irregular'] as string[] | undefined) ?? [];
  }

  override onReaddir(names: readonly string[]): void {
    if (this.parent !== null || names.includes('package.json')) super.onReaddir(names);
    else this.processPackage(() => super.onReaddir(names));
  }

  override onstat(found: Found, done: () => void): void {
    if (found.file && !found.st.isFile() && !found.st.isDirectory()) {
      this.irregular.push(`${this.path}/${found.entry}`.slice(this.root.length + 1));
    }
    super.onstat(found, done);
  }

  override walker(entry: string, options: Options, done: () => void): void {
    const inherited = this.walkerOpt(entry, { ...options, irregular: this.irregular });
    new PackageWalker(this.tree, inherited).on('done', done).start();
  }
}
