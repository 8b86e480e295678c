/** Where links of a README lead. Addresses are hostile; relative ones mean the repository at the commit. */
import type { VersionRecord } from '@ar-registry/schemas';
import { ID_PREFIX } from './schema.ts';

/** Where the files beside a README can be looked at. Both are absolute and end in a slash. */
export interface ReadmePlace {
  /** The folder of the README. */
  readonly folder: string;
  /** The top folder of the repository at the same commit: what an address that begins with a slash means. */
  readonly top: string;
  /** What every address of the repository begins with. */
  readonly repository: string;
}

const MAX_LENGTH = 2000;

/** @returns an address that a page may link to; undefined for one that leads nowhere or to something that acts */
export function safeHref(href: string | undefined, place: ReadmePlace | undefined): string | undefined {
  if (href === undefined || href.length > MAX_LENGTH) return undefined;
  if (href.startsWith('#')) return fragment(href.slice(1));
  const isAbsolute = /^[a-z][a-z0-9+.-]*:|^[\\/]{2}/i.test(href);
  const url = isAbsolute ? parse(href, 'https://invalid.invalid/') : place && inRepository(href, place);
  return url && isHarmless(url) ? url.href : undefined;
}

function inRepository(href: string, { top, folder, repository }: ReadmePlace): URL | undefined {
  const isFromTop = /^[\\/]/.test(href);
  const url = parse(href.replace(/^[\\/]+/, ''), isFromTop ? top : folder);
  return url?.href.startsWith(repository) === true ? url : undefined;
}

function isHarmless({ protocol, username, password, href }: URL): boolean {
  if (!['https:', 'http:', 'mailto:'].includes(protocol)) return false;
  // A user name in front of a host reads like the host; an address in percent encoding is up to three times as long.
  return username === '' && password === '' && href.length <= MAX_LENGTH * 3;
}

function parse(href: string, base: string): URL | undefined {
  return URL.canParse(href, base) ? new URL(href, base) : undefined;
}

/** Ids of authors have a prefix, and so have the links to them. */
function fragment(id: string): string | undefined {
  if (id === '') return undefined;
  return `#${id.startsWith(ID_PREFIX) ? '' : ID_PREFIX}${encodeURI(decode(id))}`;
}

function decode(text: string): string {
  try {
    return decodeURI(text);
  } catch {
    return text;
  }
}

/** How hosts name a file at a commit. */
const HOSTS: Readonly<Record<string, (commit: string) => string>> = {
  'github.com': (commit) => `blob/${commit}/`,
  'gitlab.com': (commit) => `-/blob/${commit}/`,
  'codeberg.org': (commit) => `src/commit/${commit}/`,
  'bitbucket.org': (commit) => `src/${commit}/`,
};

/** @returns where the README of a version stands; undefined where its repository cannot be looked at by address */
export function placeOf({ manifest, source }: Pick<VersionRecord, 'manifest' | 'source'>): ReadmePlace | undefined {
  const repository = browsable(source?.url ?? manifest.repository.url);
  if (repository === undefined || !source) return undefined;
  const { hostname } = new URL(repository);
  const file = Object.hasOwn(HOSTS, hostname) ? HOSTS[hostname] : undefined;
  if (!file) return undefined;
  const top = repository + file(source.commit);
  return { repository, top, folder: top + folderOf(source.path ?? '') };
}

/** `./packages/a b` as `packages/a%20b/`. */
function folderOf(path: string): string {
  const names = path.split('/').filter((name) => name !== '' && name !== '.');
  return names.map((name) => `${encodeURIComponent(name)}/`).join('');
}

/** `git@host:owner/name.git`, `ssh://git@host/owner/name` and the like as `https://host/owner/name/`. */
function browsable(url: string): string | undefined {
  const [, host, path] =
    /^(?:(?:https?|ssh|git):\/\/(?:[\w.-]+@)?|[\w.-]+@)([\w.-]+)[:/]([\w./-]+?)(?:\.git)?\/?$/.exec(url) ?? [];
  if (host === undefined || path === undefined || path.split('/').some((part) => part === '..' || part === ''))
    return undefined;
  return `https://${host.toLowerCase()}/${path}/`;
}
