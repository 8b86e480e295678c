/**
 * A plugin in a git repository, as a user types it and as `ar-plugins.yaml` and the lock keep it. The forms are npm's.
 *
 * The text may come with somebody else's project. What git could take for an option, a program to start or a way
 * without protection is refused here, and a password never gets as far as a file or a message.
 *
 * @source npm-package-arg: `github:`, `git+<transport>:`, `#<commit-ish>::path:<folder>`
 */
import { ArError } from '../errors/index.ts';
import { isBranchName } from '../git-name/index.ts';
import { hideCredentials, toSingleLine, truncate } from '../text/index.ts';

export interface GitSource {
  /** How it is written: `github:org/repo#ref::path:folder`, `git+https://host/repo.git`. Parsing it gives the same. */
  readonly text: string;
  /** What git is given. */
  readonly url: string;
  /** Branch, tag or full commit id; absent for the branch that the remote's HEAD names. */
  readonly ref?: string;
  /** Folder of the plugin in the repository, POSIX; absent for its root. */
  readonly folder?: string;
}

/** Whether `text` is meant to be a git repository, well written or not. */
export function isGitSource(text: string): boolean {
  return (
    /^(?:github:|git\+|git:\/\/|ssh:\/\/|[A-Za-z0-9_][\w.-]*@[\w.-]+:)/.test(text) ||
    /^(?:https?|file):\/\/[^#]*\.git(?:#|$)/.test(text)
  );
}

/** @throws SPEC_INVALID */
export function parseGitSource(text: string): GitSource {
  const [base, fragment] = splitOnce(text, '#');
  const address = text.length > LIMIT ? problem('it is too long') : addressOf(base);
  const place = fragment === undefined ? {} : placeOf(fragment);
  if ('problem' in address) throw refused(text, address);
  if ('problem' in place) throw refused(text, place);
  const parts = [place.ref, place.folder === undefined ? undefined : `path:${place.folder}`];
  const suffix = parts.filter((part) => part !== undefined).join('::');
  return { text: suffix === '' ? address.text : `${address.text}#${suffix}`, url: address.url, ...place };
}

const LIMIT = 1000;

interface Problem {
  /** Completes “… cannot be used here:”. */
  readonly problem: string;
}

function problem(text: string): Problem {
  return { problem: text };
}

function splitOnce(text: string, separator: string): readonly [string, string | undefined] {
  const at = text.indexOf(separator);
  return at === -1 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}

function refused(text: string, wrong: Problem): ArError {
  return new ArError('SPEC_INVALID', { spec: shown(text), problem: wrong.problem });
}

/** Without what could be a secret: a password, or a query. */
function shown(text: string): string {
  const [base, fragment] = splitOnce(hideCredentials(text), '#');
  const bare = base.replace(/\?.*$/s, '?…');
  return truncate(toSingleLine(fragment === undefined ? bare : `${bare}#${fragment}`), 200);
}

type Address = { readonly text: string; readonly url: string } | Problem;

function addressOf(base: string): Address {
  if (base.startsWith('github:')) return onGitHub(base);
  const scp = /^([A-Za-z0-9_][\w.-]*@[\w.-]+):(?!\/)(.+)$/.exec(base);
  return elsewhere(scp ? `ssh://${scp[1]}/${scp[2]}` : base.replace(/^git\+/, ''));
}

/** @source GitHub: an account has up to 39 characters, a repository up to 100 */
const GITHUB = /^github:([A-Za-z0-9](?:[A-Za-z0-9-]{0,38}))\/([A-Za-z0-9._-]{1,100}?)(?:\.git)?$/;

function onGitHub(base: string): Address {
  const [, owner, repo] = GITHUB.exec(base) ?? [];
  if (repo !== undefined && !/^\.+$/.test(repo))
    return { text: `github:${owner}/${repo}`, url: `https://github.com/${owner}/${repo}.git` };
  const deeper = /^github:([^/]+\/[^/]+)\/(.+)$/.exec(base);
  if (deeper) return problem(`a folder of a repository is written github:${deeper[1]}#path:${deeper[2]}`);
  return problem('it has to be github:owner/repository');
}

function elsewhere(text: string): Address {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !/^[a-z]+:\/\//.test(text) || /[\s"'<>\\^`{|}]/.test(text)) return problem('its address is not a URL');
  const wrong = transportProblem(url) ?? userProblem(url) ?? placeProblem(url);
  return wrong === undefined ? { text: `git+${url.href}`, url: url.href } : problem(wrong);
}

function transportProblem({ protocol, hostname }: URL): string | undefined {
  if (protocol === 'https:' || protocol === 'ssh:' || protocol === 'file:') return undefined;
  if (protocol === 'http:' && /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/.test(hostname)) return undefined;
  if (protocol === 'http:' || protocol === 'git:')
    return `what comes by ${protocol}// can be changed on its way; use https or ssh`;
  return `${protocol} is not a transport that is used; use https, ssh or file`;
}

function userProblem({ protocol, username, password }: URL): string | undefined {
  if (password !== '' || (username !== '' && protocol !== 'ssh:'))
    return 'its address holds a credential; leave it to the credential helper of git';
  if (username === '' || /^[A-Za-z0-9_][\w.-]*$/.test(username)) return undefined;
  return 'the user in its address is no user name';
}

function placeProblem({ protocol, href, hostname, pathname }: URL): string | undefined {
  if (href.includes('?')) return 'its address has a query';
  if (protocol === 'file:' && hostname !== '') return 'a file: address names no host';
  if (protocol !== 'file:' && !/^[A-Za-z0-9[]/.test(hostname)) return 'its address has no host';
  return /^\/*-|^\/*$/.test(pathname) ? 'its address has no path' : undefined;
}

type Place = Pick<GitSource, 'ref' | 'folder'> | Problem;

function placeOf(fragment: string): Place {
  let place: Pick<GitSource, 'ref' | 'folder'> = {};
  for (const part of fragment.split('::')) {
    const next = partOf(part);
    if ('problem' in next) return next;
    if (Object.keys(next).some((key) => key in place)) return problem('it names two places');
    place = { ...place, ...next };
  }
  return place;
}

function partOf(part: string): Place {
  if (!part.startsWith('path:'))
    return isBranchName(part) ? { ref: part } : problem(`${part || 'nothing'} is no branch, tag or commit`);
  const folder = part.slice(5).replaceAll(/^\/+|\/+$/g, '');
  return isFolder(folder) ? { folder } : problem(`${folder || 'nothing'} is no folder of a repository`);
}

function isFolder(folder: string): boolean {
  return folder.split('/').every((part) => /^[A-Za-z0-9_@.][\w.@+-]*$/.test(part) && !/^(?:\.+|\.git)$/i.test(part));
}
