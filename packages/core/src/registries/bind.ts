/**
 * Which registry is asked for which plugin.
 *
 * A scope that is bound to a registry is asked from that one alone, whatever the command line says: else somebody could
 * publish a plugin of the same name in public, and it would be taken for the private one. Two files that bind a scope
 * differently are refused, because either of them may be the one that was tampered with.
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
  // The user's first: what both speak of has the user's token.
  const all = [...own, ...theirs];
  return { fallback: findFallback(options, { all, own, theirs }), scopes: bindScopes(all) };
}

function entriesOf({ registries = {}, toUrl }: Declared): readonly Entry[] {
  return Object.entries(registries).map(([name, { url, scopes = [], mirrors = [], tokenEnv }]) => ({
    name,
    url: trimmed(toUrl(url)),
    scopes: scopes.map((scope) => scope.slice(1)),
    mirrors: mirrors.map((mirror) => trimmed(toUrl(mirror))),
    ...(tokenEnv === undefined ? {} : { tokenEnv }),
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
    if (!first || sameToken.some((entry) => originOf(entry.url) === originOf(url))) continue;
    const problem = `your configuration says that it is for ${hideCredentials(first.url)}`;
    throw new ArError('REGISTRY_TOKEN_REFUSED', { variable: tokenEnv ?? '', url: hideCredentials(url), problem });
  }
}

function originOf(url: string): string {
  return /^[^/]*\/\/[^/]*/.exec(hideCredentials(url))?.[0] ?? url;
}

/** @throws REGISTRY_CONFLICT */
function bindScopes(entries: readonly Entry[]): ReadonlyMap<string, RegistryPlace> {
  const bound = new Map<string, RegistryPlace>();
  for (const entry of entries) {
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

interface Entries {
  readonly all: readonly Entry[];
  readonly own: readonly Entry[];
  readonly theirs: readonly Entry[];
}

function findFallback({ given, givenToUrl, fallbackUrl }: BindOptions, { all, own, theirs }: Entries): RegistryPlace {
  const named = all.find(({ name }) => name === given);
  if (named) return placeAt(named.url, all);
  if (given !== undefined) return placeAt(trimmed(givenToUrl(given)), all);
  return placeAt((theirs.find(isDefault) ?? own.find(isDefault))?.url ?? fallbackUrl, all);
}

/** All that is said of one address, wherever. */
function placeAt(url: string, entries: readonly Entry[]): RegistryPlace {
  const same = entries.filter((entry) => entry.url === url);
  const tokenEnv = same.find((entry) => entry.tokenEnv !== undefined)?.tokenEnv;
  const mirrors = [...new Set(same.flatMap((entry) => entry.mirrors))];
  return { url, mirrors, ...(tokenEnv === undefined ? {} : { tokenEnv }) };
}

function isDefault({ name }: Entry): boolean {
  return name === 'default';
}
