import type { PluginType } from '@ar-registry/schemas';
import { licenseFile } from './license.ts';
import { manifestFile } from './manifest.ts';
import { GITIGNORE, TSCONFIG, changelogFile, packageJsonFile } from './project-files.ts';
import { readmeFile } from './readme.ts';
import type { TemplateValues, TypeTemplate } from './type-template.ts';
import { BRIDGE } from './types/bridge.ts';
import { HOOK } from './types/hook.ts';
import { MEMORY } from './types/memory.ts';
import { POLICY } from './types/policy.ts';
import { STORAGE } from './types/storage.ts';
import { WIDGET } from './types/widget.ts';

export interface TemplateOptions {
  /** `@scope/name`, checked by the caller. */
  readonly name: string;
  readonly type: PluginType;
  /** One line. A sentence about the example unless given. */
  readonly description?: string | undefined;
  /** Name of the author; the scope unless given. */
  readonly author?: string | undefined;
  /** SPDX licence expression; `MIT` unless given. */
  readonly license?: string | undefined;
  /** npm spec of `@ar-registry/sdk` among the new plugin's devDependencies: a range, or `file:…`. */
  readonly sdkSpec: string;
}

const TEMPLATES: { readonly [Type in PluginType]: TypeTemplate } = {
  bridge: BRIDGE,
  storage: STORAGE,
  memory: MEMORY,
  policy: POLICY,
  hook: HOOK,
  widget: WIDGET,
};

/**
 * A plugin of `type` that builds, passes its own tests and does something small.
 *
 * Keys are POSIX paths inside the new folder, values the text of each file. The values of `options` are text that a user
 * typed: they appear only as quoted scalars in YAML and JSON, and as escaped lines in Markdown, never in code.
 */
export function renderTemplate(options: TemplateOptions): ReadonlyMap<string, string> {
  const template = TEMPLATES[options.type];
  const values = withDefaults(options, template);
  return new Map([
    ['ar-plugin.yaml', manifestFile(values, template)],
    ['package.json', packageJsonFile(values)],
    ['tsconfig.json', TSCONFIG],
    ['config-schema.json', `${JSON.stringify(template.configSchema, undefined, 2)}\n`],
    ...Object.entries(template.sources),
    ['README.md', readmeFile(values, template)],
    ['LICENSE', licenseFile(values)],
    ['CHANGELOG.md', changelogFile(values)],
    ['.gitignore', GITIGNORE],
  ]);
}

function withDefaults(options: TemplateOptions, template: TypeTemplate): TemplateValues {
  const [scope = '', id = ''] = options.name.replace(/^@/, '').split('/');
  return {
    name: options.name,
    id,
    scope,
    type: options.type,
    description: oneLine(options.description) || template.description,
    author: oneLine(options.author) || scope,
    license: oneLine(options.license) || 'MIT',
    sdkSpec: options.sdkSpec,
  };
}

function oneLine(text = ''): string {
  return text.replaceAll(/[\s\p{Cc}]+/gu, ' ').trim();
}
