import { finding, type Finding } from '../findings/index.ts';
import { toSingleLine, truncate } from '../text/index.ts';
import { asMap, type PackageRule, type PackageView } from './package-view.ts';

/**
 * The author's package.json, with which the plugin was built and tested, says the same as the manifest, from which it
 * is installed. Warnings: a dependency may be bundled into the build, and then nothing is missing.
 */
export const checkDependencies: PackageRule = (view) => {
  const { packageJson } = view;
  if (!packageJson) return [];
  return [...checkVersion(view, packageJson), ...checkRanges(view, packageJson)];
};

type PackageJson = NonNullable<PackageView['packageJson']>;

function checkVersion({ manifest, placeOf }: PackageView, packageJson: PackageJson): readonly Finding[] {
  const { version } = packageJson;
  if (typeof version !== 'string' || typeof manifest['version'] !== 'string' || version === manifest['version'])
    return [];
  return [
    finding('PACKAGE_JSON_DIFFERS', placeOf(['version']), {
      key: 'version',
      manifest: shown(manifest['version']),
      packageJson: shown(version),
    }),
  ];
}

function checkRanges({ manifest, placeOf, nameOf }: PackageView, packageJson: PackageJson): readonly Finding[] {
  const declared = asMap(manifest['dependencies']);
  const peers = asMap(manifest['peerDependencies']);
  return Object.entries(asMap(packageJson['dependencies'])).flatMap(([name, range]) => {
    if (typeof range !== 'string' || Object.hasOwn(peers, name)) return [];
    const own = Object.hasOwn(declared, name) ? declared[name] : undefined;
    if (own === undefined)
      return [finding('DEPENDENCY_NOT_DECLARED', { file: nameOf('package.json') }, { dependency: shown(name) })];
    if (typeof own !== 'string' || own === range) return [];
    const facts = { key: `The range of ${shown(name)}`, manifest: shown(own), packageJson: shown(range) };
    return [finding('PACKAGE_JSON_DIFFERS', placeOf(['dependencies', name]), facts)];
  });
}

function shown(text: string): string {
  return toSingleLine(truncate(text, 80)) || '“”';
}
