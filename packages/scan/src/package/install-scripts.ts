import { spotOf } from '../source/source-file.ts';
import { scanFinding, type ScanFinding } from '../report/finding.ts';
import type { PackageJson } from './code-files.ts';

/** What npm runs by itself when it installs an archive; `prepare` and its kin it runs for the author alone. */
const LIFECYCLE = ['preinstall', 'install', 'postinstall'];

/** Scripts that would run at installation, and the file that makes npm compile. */
export function installScripts(
  packageJson: PackageJson,
  text: string,
  paths: Iterable<string>,
): readonly ScanFinding[] {
  const { scripts } = packageJson;
  const names = typeof scripts === 'object' && scripts !== null ? LIFECYCLE.filter((name) => name in scripts) : [];
  const found = names.map((script) => {
    const start = Math.max(0, text.indexOf(`"${script}"`, text.indexOf('"scripts"')));
    return scanFinding(
      'INSTALL_SCRIPT',
      { file: 'package.json', ...spotOf({ text }, { start }) },
      { facts: { script: `The script ${script}` } },
    );
  });
  const gyp = [...paths].filter((path) => /(?:^|\/)binding\.gyp$/.test(path));
  return [
    ...found,
    ...gyp.map((file) =>
      scanFinding('INSTALL_SCRIPT', { file, evidence: file }, { facts: { script: `node-gyp, for ${file},` } }),
    ),
  ];
}
