import type { UserConfig } from '@ar-registry/schemas';
import { isMap, parseDocument } from 'yaml';

export type UserRegistry = NonNullable<UserConfig['registries']>[string];

const NEW_FILE =
  '# Your own settings, for all projects. Written by `ar plugin`, and by you: comments stay.\nschemaVersion: 1\n';

/**
 * The file's text with one registry set, or removed (`undefined`); everything else, comments too, stays as it is.
 *
 * @param text a valid `config.yaml`, or empty
 */
export function editUserRegistry(text: string, name: string, entry: UserRegistry | undefined): string {
  const document = parseDocument(text.trim() === '' ? NEW_FILE : text, { version: '1.2', schema: 'core' });
  if (entry === undefined) document.deleteIn(['registries', name]);
  else document.setIn(['registries', name], document.createNode(entry));
  const registries = document.get('registries');
  if (isMap(registries) && registries.items.length === 0) document.delete('registries');
  return document.toString({ lineWidth: 0 });
}

/** The same for a setting of one value. @param text a valid `config.yaml`, or empty */
export function editUserSetting(text: string, key: 'telemetry', value: boolean): string {
  const document = parseDocument(text.trim() === '' ? NEW_FILE : text, { version: '1.2', schema: 'core' });
  document.set(key, value);
  return document.toString({ lineWidth: 0 });
}

/** A name for a registry, from its address: `plugins.example.com` → `plugins-example-com`, a folder → its last part. */
export function registryNameOf(url: string): string {
  const { host, pathname } = new URL(url);
  const last = pathname.split('/').findLast((part) => part !== '') ?? '';
  const words = (host || decodeURIComponent(last)).replaceAll(/[^A-Za-z0-9_-]+/g, '-').replace(/^[-_]+/, '');
  return words.slice(0, 63) || 'registry';
}
