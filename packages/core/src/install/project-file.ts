import type { PluginName, ProjectFile } from '@ar-registry/schemas';
import { validator } from '@ar-registry/schemas/validators/project';
import { isMap, parseDocument, type Document, type YAMLMap } from 'yaml';
import { ArError } from '../errors/index.ts';
import { toFindingDocument } from '../findings/index.ts';
import { fromSchemaErrors, parseYaml } from '../yaml/index.ts';
import { equal } from './equal.ts';

export type WantedPlugin = ProjectFile['plugins'][string];

const EMPTY: ProjectFile = { schemaVersion: 1, plugins: {} };

const NEW_FILE = `# The plugins of this project. Written by \`ar plugin\`, and by you: comments stay.\nschemaVersion: 1\n`;

/** @param text empty where there is no file. @throws FILE_INVALID */
export function parseProjectFile(text: string, file: string): ProjectFile {
  if (text.trim() === '') return EMPTY;
  const yaml = parseYaml(text, file);
  const findings = yaml.ok ? [] : yaml.findings;
  const result = yaml.ok ? validator(yaml.file.value) : undefined;
  if (result?.ok) return result.value;
  const [first] = yaml.ok && result && !result.ok ? fromSchemaErrors(result.errors, yaml.file) : findings;
  const at = first?.at.line === undefined ? '' : ` (line ${first.at.line})`;
  throw new ArError('FILE_INVALID', {
    file,
    problem: first ? lower(toFindingDocument(first).message) + at : 'it is empty',
  });
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
  const document = parseDocument(text.trim() === '' ? NEW_FILE : text, { version: '1.2', schema: 'core' });
  if (!document.has('plugins')) document.set('plugins', document.createNode({}));
  // `plugins: {}` was fine while it was empty; a line for each key is what people read and merge.
  const plugins = document.get('plugins');
  if (isMap(plugins)) plugins.flow = false;
  for (const [name, wanted] of changes) {
    if (wanted === undefined) document.deleteIn(['plugins', name]);
    else setPlugin(document, name, wanted);
  }
  return document.toString({ lineWidth: 0 });
}

/** Key by key, so that comments beside what stays the same stay too. */
function setPlugin(document: Document, name: PluginName, wanted: WantedPlugin): void {
  const current = document.getIn(['plugins', name]);
  if (!isMap(current)) {
    document.setIn(['plugins', name], document.createNode(wanted));
    return;
  }
  const before = current.toJS(document) as Readonly<Record<string, unknown>>;
  for (const key of Object.keys(before)) if (!Object.hasOwn(wanted, key)) current.delete(key);
  for (const [key, value] of Object.entries(wanted))
    if (JSON.stringify(before[key]) !== JSON.stringify(value)) current.set(key, document.createNode(value));
}
