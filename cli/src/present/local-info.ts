import { describePowers } from '@ar-registry/core/permission';
import type { NormalizedManifest } from '@ar-registry/schemas';
import type { LocalInfo, LocalLock } from '../install/local-info.ts';
import { permissionLines } from './permissions.ts';
import { fields } from './table.ts';
import { type Line, type Page, quiet, strong, toned } from './text.ts';

/** Of an installed plugin that no registry vouches for. */
export function localInfoText({ name, lock, manifest, broken }: LocalInfo): Page {
  const { version, type } = manifest ?? lock;
  return [
    [toned(name, 'name'), '@', version, '  ', type, '  ', quiet('from no registry')],
    ...(manifest ? [manifest.description] : [warning(missingText(broken))]),
    '',
    ...fields([
      ['From', originOf(lock)],
      ...(lock.source === 'git' ? [['Commit', lock.commit] as const] : []),
      ...(manifest ? manifestFields(manifest) : []),
      ['Integrity', lock.source === 'folder' ? 'none: what is in the folder is what runs' : lock.integrity],
      ['Installed', lock.version],
    ]),
    ...(manifest ? ['', strong('Permissions'), ...permissionLines(manifest)] : []),
  ];
}

function missingText(broken: string | undefined): string {
  return broken === undefined ? 'Its files are not here: ar plugin install' : `The link is broken: ${broken}.`;
}

function manifestFields(manifest: NormalizedManifest): readonly (readonly [string, string])[] {
  const dependencies = Object.entries(manifest.dependencies).map(([name, range]) => `${name} ${range}`);
  return [
    ['Licence', manifest.license],
    ['Author', manifest.author.name],
    ['Repository', manifest.repository.url],
    ...(dependencies.length === 0 ? [] : [['Dependencies', dependencies.join(', ')] as const]),
  ];
}

export function localInfoDocument({ name, lock, manifest, broken }: LocalInfo): object {
  return {
    local: {
      name,
      version: manifest?.version ?? lock.version,
      type: manifest?.type ?? lock.type,
      source: lock.source,
      from: originOf(lock),
      ...(lock.source === 'git' ? { commit: lock.commit } : {}),
      ...(manifest ? { description: manifest.description, permissions: describePowers(manifest) } : {}),
      ...(broken === undefined ? {} : { broken }),
    },
    installed: lock.version,
  };
}

function originOf(lock: LocalLock): string {
  return lock.source === 'git' ? lock.git : lock.path;
}

function warning(text: string): Line {
  return [toned('warning:', 'warning'), ' ', text];
}
