/**
 * Which registry is asked for which plugin.
 *
 * A scope that is bound to a registry is asked from that one alone, whatever the command line says: else somebody could
 * publish a plugin of the same name in public, and it would be taken for the private one. Two files that bind a scope
 * differently are refused, because either of them may be the one that was tampered with.
 *
 * A project may come from anybody. So what the user's own file says of a registry is all that is said of it: a project
 * that names the same address adds no mirror and no token.
 */
import type { ProjectFile, UserConfig } from '@ar-registry/schemas';
import { ArError } from '../errors/index.ts';
import { hideCredentials } from '../text/index.ts';

/** A registry as a file declares it, its address made absolute. */
export interface RegistryPlace {
  /** `https:`, `http:` or `file:`, without a slash at the end. */
  readonly url: string;
  readonly mirrors: readonly string[];
  readonly tokenEnv?: string;
  /** SHA-256 of a root of the registry, in hexadecimal: what the user trusts. */
  readonly root?: string;
}

/** The registries of one file. */
export interface Declared {
  readonly registries: NonNullable<ProjectFile['registries'] | UserConfig['registries']> | undefined;
  /** From what is written to a URL: a path is relative to the file. */
  readonly toUrl: (written: string) => string;
}

export interface BindOptions {
  /** What the command line or the environment names in place of the default: a URL, or the name of an entry. */
  readonly given: string | undefined;
  readonly givenToUrl: (written: string) => string;
  /** May come with a repository of somebody else. */
  readonly project: Declared;
  readonly user: Declared;
  /** Where nothing else is said. */
  readonly fallbackUrl: string;
}

export interface Bindings {
  readonly fallback: RegistryPlace;
  /** Scope without its `@`. */
  readonly scopes: ReadonlyMap<string, RegistryPlace>;
}

interface Entry extends RegistryPlace {
  readonly name: string;
  readonly scopes: readonly string[];
}

/** @throws REGISTRY_CONFLICT, REGISTRY_TOKEN_REFUSED */
export function bindRegistries(options: BindOptions): Bindings {
  const own = entriesOf(options.user);
  const theirs = entriesOf(options.project);
  refuseBorrowedTokens(theirs, own);
  const named = [...own, ...theirs].find(({ name }) => name === options.given);
  const address = named || options.given === undefined ? undefined : trimmed(options.givenToUrl(options.given));
  const byDefault = (theirs.find(isDefault) ?? own.find(isDefault))?.url ?? options.fallbackUrl;
  const entries = { own, theirs, address };
  return { fallback: placeAt(named?.url ?? address ?? byDefault, entries), scopes: bindScopes(entries) };
}

interface Entries {
  readonly own: readonly Entry[];
  readonly theirs: readonly Entry[];
  /** The URL that the command line or the environment gives. */
  readonly address: string | undefined;
}

function entriesOf({ registries = {}, toUrl }: Declared): readonly Entry[] {
  return Object.entries(registries).map(([name, { url, scopes = [], mirrors = [], tokenEnv, ...more }]) => ({
    name,
    url: trimmed(toUrl(url)),
    scopes: scopes.map((scope) => scope.slice(1)),
    mirrors: mirrors.map((mirror) => trimmed(toUrl(mirror))),
    ...(tokenEnv === undefined ? {} : { tokenEnv }),
    ...('root' in more && typeof more.root === 'string' ? { root: more.root } : {}),
  }));
}

/** As `URL` writes it, so that one registry is known by one address. */
function trimmed(url: string): string {
  return (URL.canParse(url) ? new URL(url).href : url).replace(/\/+$/, '');
}

/** A project cannot have a token sent elsewhere than where its owner sends it. @throws REGISTRY_TOKEN_REFUSED */
function refuseBorrowedTokens(theirs: readonly Entry[], own: readonly Entry[]): void {
  for (const { url, tokenEnv } of theirs) {
    const sameToken = own.filter((entry) => tokenEnv !== undefined && entry.tokenEnv === tokenEnv);
    const [first] = sameToken;
    if (!first || sameToken.some((entry) => isAtOrBelow(url, entry.url))) continue;
    const problem = `your configuration says that it is for ${hideCredentials(first.url)}`;
    throw new ArError('REGISTRY_TOKEN_REFUSED', { variable: tokenEnv ?? '', url: hideCredentials(url), problem });
  }
}

/** Not the whole origin: one host may serve what belongs to many. */
function isAtOrBelow(url: string, place: string): boolean {
  return `${hideCredentials(url)}/`.startsWith(`${hideCredentials(place)}/`);
}

/** @throws REGISTRY_CONFLICT */
function bindScopes(entries: Entries): ReadonlyMap<string, RegistryPlace> {
  const bound = new Map<string, RegistryPlace>();
  for (const entry of [...entries.own, ...entries.theirs]) {
    for (const scope of entry.scopes) {
      const before = bound.get(scope);
      if (before && before.url !== entry.url) {
        const [first, second] = [hideCredentials(before.url), hideCredentials(entry.url)];
        throw new ArError('REGISTRY_CONFLICT', { scope: `@${scope}`, first, second });
      }
      bound.set(scope, before ?? placeAt(entry.url, entries));
    }
  }
  return bound;
}

/** What the user says of an address; only where that is nothing, what the project says. */
function placeAt(url: string, { own, theirs, address }: Entries): RegistryPlace {
  const mine = own.filter((entry) => entry.url === url);
  const said = mine.length > 0 ? mine : theirs.filter((entry) => entry.url === url);
  const tokenEnv = said.find((entry) => entry.tokenEnv !== undefined)?.tokenEnv;
  // Whoever gives an address means it, and not what a project adds to it.
  const mayAdd = mine.length > 0 || url !== address;
  const mirrors = mayAdd ? [...new Set(said.flatMap((entry) => entry.mirrors))] : [];
  // A project may come from anybody, and so may the server: together they must not replace what is trusted.
  const root = mine.find((entry) => entry.root !== undefined)?.root;
  return { url, mirrors, ...(tokenEnv === undefined ? {} : { tokenEnv }), ...(root === undefined ? {} : { root }) };
}

function isDefault({ name }: Entry): boolean {
  return name === 'default';
}
