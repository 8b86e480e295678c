import { bindCommand } from '@ar-registry/core/errors';
import type { PluginName } from '@ar-registry/schemas';
import type { Elsewhere } from '../install/elsewhere.ts';
import { quiet, toned, type Page } from './text.ts';

/** What is installed and the registry does not have: any more, or because another one does. */
export function missingLines(missing: readonly PluginName[], elsewhere: readonly Elsewhere[]): Page {
  return missing.flatMap((name) => {
    const other = elsewhere.find(({ plugin }) => plugin === name);
    const warning = toned('warning:', 'warning');
    if (!other) return [[warning, ` ${name} is not in the registry any more.`]];
    const { asked, installedFrom } = other;
    return [
      [warning, ` ${name} is not in the registry at ${asked}: it was installed from ${installedFrom}.`],
      ['  ', quiet('Have that one asked: '), bindCommand(name, installedFrom)],
    ];
  });
}
