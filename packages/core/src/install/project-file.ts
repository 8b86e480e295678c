import type { PluginName, ProjectFile } from '@ar-registry/schemas';
import { validator } from '@ar-registry/schemas/validators/project';
import { isMap, parseDocument, type Document, type YAMLMap } from 'yaml';
import { ArError } from '../errors/index.ts';
import { toFindingDocument, type Finding } from '../findings/index.ts';
import { formatPlainYaml, fromSchemaErrors, parseYaml } from '../yaml/index.ts';
import { equal } from './equal.ts';
import { refuseConflict, refuseNewer } from './foreign.ts';

export type WantedPlugin = ProjectFile['plugins'][string];

const EMPTY: ProjectFile = { schemaVersion: 1, plugins: {} };

const NEW_FILE = `# The plugins of this project. Written by \`ar plugin\`, and by you: comments stay.\nschemaVersion: 1\n`;

/** @param text empty where there is no file. @throws FILE_INVALID, FILE_MERGE_CONFLICT, FILE_TOO_NEW */
export function parseProjectFile(text: string, file: string): ProjectFile {
  if (text.trim() === '') return EMPTY;
  refuseConflict(text, file);
  const yaml = parseYaml(text, file);
  if (!yaml.ok) throw fileInvalid(file, yaml.findings);
  refuseNewer(yaml.file.value, file);
  const result = validator(withPlugins(yaml.file.value));
  if (result.ok) return result.value;
  throw fileInvalid(file, fromSchemaErrors(result.errors, yaml.file));
}

/** `plugins:` with nothing below it is what is left when a person has deleted the last one. */
function withPlugins(value: unknown): unknown {
  const isEmpty = value !== null && typeof value === 'object' && 'plugins' in value && value.plugins === null;
  return isEmpty ? { ...value, plugins: {} } : value;
}

/** The first finding says enough: the file is written by a program, and seldom broken in many places. */
function fileInvalid(file: string, [first]: readonly Finding[]): ArError {
  if (!first) return new ArError('FILE_INVALID', { file, problem: 'it does not have the form of a project file' });
  const at = first.at.line === undefined ? '' : ` (line ${first.at.line})`;
  return new ArError('FILE_INVALID', { file, problem: lower(toFindingDocument(first).message) + at });
}

function lower(sentence: string): string {
  return sentence.replace(/\.$/, '').replace(/^The /, 'the ');
}

/**
 * The file's text with some plugins set or removed (`undefined`); everything else, comments too, stays as it is.
 *
 * @param text a valid project file, or empty
 */
export function editProjectFile(text: string, changes: ReadonlyMap<PluginName, WantedPlugin | undefined>): string {
  return (text.trim() === '' ? newFile(changes) : undefined) ?? editWithLibrary(text, changes);
}

/** The same, where there is nothing that must stay, and nothing that only the library can write. */
function newFile(changes: ReadonlyMap<PluginName, WantedPlugin | undefined>): string | undefined {
  const plugins = Object.fromEntries([...changes].filter(([, wanted]) => wanted !== undefined));
  const lines = formatPlainYaml({ plugins });
  return lines === undefined ? undefined : NEW_FILE + lines;
}

function editWithLibrary(text: string, changes: ReadonlyMap<PluginName, WantedPlugin | undefined>): string {
  const document = parseDocument(text.trim() === '' ? NEW_FILE : text, { version: '1.2', schema: 'core' });
  if (!isMap(document.get('plugins'))) document.set('plugins', document.createNode({}));
  for (const [name, wanted] of changes) {
    if (wanted === undefined) document.deleteIn(['plugins', name]);
    else setPlugin(document, name, wanted);
  }
  // `{}` is how an empty map is written; a line for each key is what people read and merge.
  const plugins = document.get('plugins');
  if (isMap(plugins)) plugins.flow = plugins.items.length === 0;
  return document.toString({ lineWidth: 0 });
}

/** Key by key, so that the comments beside them stay. A scalar that replaces one keeps its comment, too. */
function setPlugin(document: Document, name: PluginName, wanted: WantedPlugin): void {
  const current = document.getIn(['plugins', name]);
  if (isMap(current)) setMap(document, current, wanted);
  else document.setIn(['plugins', name], document.createNode(wanted));
}

function setMap(document: Document, map: YAMLMap, value: object): void {
  const before = map.toJS(document) as Readonly<Record<string, unknown>>;
  for (const key of Object.keys(before)) if (!Object.hasOwn(value, key)) map.delete(key);
  for (const [key, item] of Object.entries(value)) {
    const child = map.get(key);
    if (equal(before[key], item)) continue;
    if (isMap(child) && isPlainMap(item)) setMap(document, child, item);
    else map.set(key, isScalarValue(item) ? item : document.createNode(item));
  }
}

function isPlainMap(value: unknown): value is object {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

function isScalarValue(value: unknown): boolean {
  return value === null || typeof value !== 'object';
}
