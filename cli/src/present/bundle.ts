import type { BundleOutcome } from '../bundle/make-bundle.ts';
import type { Presenter } from '../command.ts';
import { sizeText } from './size.ts';
import { fields } from './table.ts';
import { toned, type Line } from './text.ts';

export const presentBundle: Presenter<BundleOutcome> = {
  text: ({ file, size, integrity, fileCount, npmPackages, plugins, registries }) => [
    ...plugins.map(({ name, version }): Line => [toned('+', 'good'), ' ', toned(name, 'name'), `@${version}`]),
    ...fields([
      ['Bundle', file],
      ['Size', `${sizeText(size)} in ${fileCount} files, ${npmPackages} of them npm packages`],
      ['Integrity', integrity],
      ...registries.map(({ url, fingerprint }): [string, string] => ['Trusted by', `${fingerprint}  ${url}`]),
    ]),
  ],
  json: ({ file, size, integrity, fileCount, npmPackages, registries, plugins }) => ({
    file,
    size,
    integrity,
    fileCount,
    npmPackages,
    registries,
    plugins: plugins.map(({ name, version, source }) => ({ name, version, source })),
  }),
};
