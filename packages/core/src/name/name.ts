/** Plugin names, `@scope/name`. A name, once published, is never given to another plugin. */
import type { PluginName, ScopeName } from '@ar-registry/schemas';

const PART = /^[a-z0-9][a-z0-9-]{0,62}$/;

/** Device names that Windows reserves in every folder, with or without an extension. */
const WINDOWS_DEVICES = /^(?:con|prn|aux|nul|com\d|lpt\d)$/;

/** Names that are keys of every JavaScript object, or that file systems and tools take for something else. */
const OBJECT_KEYS: ReadonlySet<string> = new Set(['constructor', 'prototype', 'node-modules', 'favicon', 'page']);

export interface NameParts {
  readonly scope: ScopeName;
  readonly base: string;
}

/** What is wrong with `text` as a plugin name, or `undefined` if nothing is. */
export function nameProblem(text: string): string | undefined {
  const match = /^@([^/]*)\/(.*)$/s.exec(text);
  if (!match) return 'it must have the form @scope/name';
  const [, scope = '', base = ''] = match;
  return partProblem('scope', scope) ?? partProblem('name', base);
}

function partProblem(what: string, part: string): string | undefined {
  if (part === '') return `the ${what} is empty`;
  if (part.length > 63) return `the ${what} is longer than 63 characters`;
  if (/[A-Z]/.test(part)) return `the ${what} has capital letters`;
  if (!PART.test(part)) return `the ${what} may only have a-z, 0-9 and hyphens, and starts with a letter or digit`;
  if (WINDOWS_DEVICES.test(part)) return `“${part}” is a device name on Windows`;
  if (OBJECT_KEYS.has(part)) return `“${part}” is reserved`;
  return undefined;
}

export function isPluginName(text: string): text is PluginName {
  return nameProblem(text) === undefined;
}

/** The two parts of a valid name. */
export function splitName(name: PluginName): NameParts {
  const slash = name.indexOf('/');
  return { scope: name.slice(1, slash), base: name.slice(slash + 1) };
}
