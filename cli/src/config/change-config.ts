import { planConfig, type ConfigEdits, type ConfigKey } from '@ar-registry/core/plugin-config';
import { changeProject } from '@ar-registry/io/project';
import type { Context } from '../context.ts';
import { changeOptions } from '../install/change-options.ts';

export interface ConfigOutcome {
  readonly plugin: string;
  /** Keys whose values differ from what they were. */
  readonly changed: readonly string[];
  /** Secrets that nobody has set yet. */
  readonly toSet: readonly ConfigKey[];
}

/** Writes values into `ar-plugins.yaml`. @throws NOT_INSTALLED where the plugin was removed meanwhile */
export async function changeConfig(plugin: string, edits: ConfigEdits, context: Context): Promise<readonly string[]> {
  const options = changeOptions(await context.projectDir(), 'config', context);
  return changeProject(options, async (state) => {
    const { change, changed } = planConfig(state, plugin, edits);
    return { change, result: changed };
  });
}
