/**
 * What is published to npm: the JavaScript version, which asks for the binary of each system as an optional dependency, and a
 * package for each of those. npm installs the one that fits by `os` and `cpu`, and none where there is none.
 */
import fs from 'node:fs';
import path from 'node:path';
import type { Target } from './compile.ts';

const root = path.resolve(import.meta.dirname, '../..');
const LAUNCHERS = { ar: './ar.js', 'ar-plugin': './ar-plugin.js' } as const;

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly license: string;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly [key: string]: unknown;
}

/** Beside the binary itself, which is to lie in `folder` as `ar`, or `ar.exe`. */
export function writePlatformPackage(folder: string, target: Target): void {
  const { version, license } = readManifest();
  const [os, cpu] = target.split('-');
  const file = target.startsWith('win32') ? 'ar.exe' : 'ar';
  const manifest = {
    name: platformPackage(target),
    version,
    description: `ar plugin for ${target}, as one file`,
    license,
    os: [os],
    cpu: [cpu],
    ...(os === 'linux' && { libc: ['glibc'] }),
    // For who installs this package alone: no script has to run for that.
    bin: Object.fromEntries(Object.keys(LAUNCHERS).map((name) => [name, `./${file}`])),
    preferUnplugged: true,
    files: [file],
  };
  writeJson(path.join(folder, 'package.json'), manifest);
  fs.writeFileSync(path.join(folder, 'README.md'), readmeOf(manifest.name, target));
  fs.copyFileSync(path.join(root, 'LICENSE'), path.join(folder, 'LICENSE'));
}

/** A copy of `cli/` as it is published, with what only binaries need. `cli/bundle` must be there. */
export function writeCliPackage(folder: string, targets: readonly Target[]): void {
  for (const part of ['bin', 'bundle']) {
    fs.cpSync(path.join(root, 'cli', part), path.join(folder, part), { recursive: true });
  }
  fs.copyFileSync(path.join(root, 'LICENSE'), path.join(folder, 'LICENSE'));
  for (const [name, script] of Object.entries(LAUNCHERS)) {
    const file = path.join(folder, 'bin', name);
    fs.writeFileSync(file, `#!/usr/bin/env node\nrequire('${script}');\n`, { mode: 0o755 });
  }
  const { devDependencies: _, ...manifest } = readManifest();
  writeJson(path.join(folder, 'package.json'), {
    ...manifest,
    bin: Object.fromEntries(Object.keys(LAUNCHERS).map((name) => [name, `./bin/${name}`])),
    scripts: { postinstall: 'node bin/use-binary.js' },
    optionalDependencies: {
      ...manifest.optionalDependencies,
      ...Object.fromEntries(targets.map((target) => [platformPackage(target), manifest.version])),
    },
  });
}

/** Its licences ask for their names. */
function readmeOf(name: string, target: Target): string {
  return `# ${name}

The binary of \`@ar-registry/cli\` for ${target}: \`ar\` and \`ar-plugin\` in one file. That package brings this one
where it fits, and needs an installation script to put it in place of its own; this one needs none.

It contains Bun (https://github.com/oven-sh/bun, MIT), which links JavaScriptCore (LGPL-2.1) and further libraries; their
licences and how to build and link them anew are at https://bun.com/docs/project/licensing.
`;
}

function platformPackage(target: Target): string {
  return `@ar-registry/cli-${target}`;
}

function readManifest(): Manifest {
  return JSON.parse(fs.readFileSync(path.join(root, 'cli/package.json'), 'utf8')) as Manifest;
}

function writeJson(file: string, value: object): void {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, `${JSON.stringify(value, undefined, 2)}\n`);
}
