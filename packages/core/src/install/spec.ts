/** What a user types after `ar plugin install`. */
import type { PluginName } from '@ar-registry/schemas';
import { ArError } from '../errors/index.ts';
import { nameProblem } from '../name/index.ts';
import { parseWanted, type Wanted } from '../resolve/index.ts';
import { hideCredentials, truncate } from '../text/index.ts';
import { isGitSource, parseGitSource, type GitSource } from './git-source.ts';

export type InstallSpec =
  | { readonly kind: 'registry'; readonly name: PluginName; readonly wanted: Wanted }
  | { readonly kind: 'path'; readonly path: string }
  | { readonly kind: 'git'; readonly source: GitSource };

/**
 * Reads one spec: `@s/n`, `@s/n@<version, range or tag>`, a git repository (`parseGitSource`), or a path that starts with
 * `.`, `/`, `~` or ends in `.tgz`.
 *
 * @throws SPEC_INVALID
 */
export function parseSpec(text: string): InstallSpec {
  if (isGitSource(text)) return { kind: 'git', source: parseGitSource(text) };
  if (/^https?:/.test(text)) throw new ArError('SPEC_INVALID', { spec: withoutSecrets(text), problem: NO_REPOSITORY });
  if (/^(?:\.{1,2}(?:[/\\]|$)|[/~]|[A-Za-z]:[/\\]|file:)/.test(text) || /\.(?:tgz|tar\.gz)$/.test(text))
    return { kind: 'path', path: pathOf(text) };
  if (!text.startsWith('@'))
    throw new ArError('SPEC_INVALID', {
      spec: text,
      problem: 'plugin names start with a scope, as in @ar/audit-logger',
    });
  const at = text.indexOf('@', 1);
  const name = at === -1 ? text : text.slice(0, at);
  const problem = nameProblem(name);
  if (problem !== undefined) throw new ArError('SPEC_INVALID', { spec: text, problem });
  const wanted = parseWanted(at === -1 ? '' : text.slice(at + 1));
  if (!wanted)
    throw new ArError('SPEC_INVALID', { spec: text, problem: `${text.slice(at + 1)} is no version, range or tag` });
  return { kind: 'registry', name, wanted };
}

/** A URL has its spaces and umlauts escaped, where whoever wrote it knew that. */
function pathOf(text: string): string {
  if (!text.startsWith('file:///')) return text.replace(/^file:/, '');
  const path = text.slice('file://'.length);
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

const NO_REPOSITORY = 'an address of a git repository ends in .git, or begins with git+https:';

function withoutSecrets(url: string): string {
  return truncate(hideCredentials(url).replace(/\?.*$/s, '?…'), 200);
}
