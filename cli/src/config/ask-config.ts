/** Goes through a plugin's configuration with the person at the terminal. Secrets are not asked for: they are told of. */
import { ArError, isArError } from '@ar-registry/core/errors';
import {
  configuredValue,
  describeType,
  parseConfigValue,
  printed,
  type ConfigEdits,
  type ConfigKey,
} from '@ar-registry/core/plugin-config';
import type { Context } from '../context.ts';
import { quiet, strong, toned } from '../present/text.ts';
import type { PluginConfig } from './describe.ts';
import { sourcesOf, type SourcedKey } from './sources.ts';

export interface Answers {
  readonly edits: ConfigEdits;
  /** Secrets that neither the environment nor .env has. */
  readonly toSet: readonly ConfigKey[];
}

/** @throws TERMINAL_NEEDED; the end of the input (Ctrl-D) discards all answers and is ABORTED */
export async function askConfig(config: PluginConfig, context: Context): Promise<Answers> {
  const { plugin } = config.description;
  const command = `ar plugin config ${plugin}`;
  if (!context.questions.canAsk)
    throw new ArError('TERMINAL_NEEDED', { command, instead: `ar plugin config set ${plugin} <key> <value>` });
  const edits = new Map<ConfigKey, unknown>();
  let current = config.current;
  for (const sourced of await sourcesOf(config, context)) {
    introduce(sourced, context);
    if (sourced.key.secret) continue;
    const value = await askValue(sourced, { ...config, current }, context);
    if (value === undefined) continue;
    edits.set(sourced.key, value);
    current = { ...current, [sourced.key.key]: value };
  }
  const unset = (await sourcesOf(config, context)).filter(({ key, source }) => key.secret && source === 'none');
  return { edits, toSet: unset.map(({ key }) => key) };
}

function introduce({ key, source }: SourcedKey, { output }: Context): void {
  const { description } = key.schema;
  const type = describeType(key);
  output.note('');
  output.note([strong(key.key), quiet(`${type === '' ? '' : `  ${type}`}${key.required ? '  required' : ''}`)]);
  if (typeof description === 'string') output.note(`  ${description}`);
  if (!key.secret) return;
  const name = key.variable ?? key.key;
  output.note(
    source === 'environment' || source === 'dotenv'
      ? ['  A secret; ', toned(name, 'name'), source === 'dotenv' ? ' is set in .env.' : ' is set in the environment.']
      : ['  A secret: set ', toned(name, 'name'), ' in the environment, or in .env beside ar-plugins.yaml.'],
  );
  if (source === 'project') output.warn(`${key.key} stands in ar-plugins.yaml; take it out and change the secret.`);
}

/** Until the answer is valid; undefined keeps what is there. */
async function askValue(sourced: SourcedKey, config: PluginConfig, context: Context): Promise<unknown> {
  const { key } = sourced;
  for (;;) {
    const text = await context.questions.ask(`  ${key.key}${standing(sourced)}:`);
    if (text === undefined) throw new ArError('ABORTED', { doing: `configuring ${config.description.plugin}` });
    if (text === '') return undefined;
    try {
      const value = parseConfigValue(config.description, key, { text, current: config.current });
      return printed(value) === printed(configuredValue(config.current, key)) ? undefined : value;
    } catch (error) {
      if (!isArError(error)) throw error;
      context.output.error([[toned('error:', 'bad'), ` ${error.message}`]]);
    }
  }
}

/** What an empty answer leads to. */
function standing({ key, source, value }: SourcedKey): string {
  switch (source) {
    case 'project':
      return ` [${printed(value)}]`;
    case 'default':
      return ` [${printed(value)}, the default]`;
    case 'environment':
      return ` [${key.variable ?? ''} of the environment]`;
    case 'dotenv':
      return ` [${key.variable ?? ''} of .env]`;
    case 'none':
      return key.required ? ' [missing]' : ' [none]';
  }
}
