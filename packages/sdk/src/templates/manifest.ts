import { quote } from './quote.ts';
import type { ConfigKey, TemplateValues, TypeTemplate } from './type-template.ts';

/** The text of `ar-plugin.yaml`. */
export function manifestFile(values: TemplateValues, template: TypeTemplate): string {
  return `name: ${quote(values.name)}
version: 0.1.0
type: ${values.type}
description: ${quote(values.description)}
author:
  name: ${quote(values.author)}
repository:
  type: git
  url: ${quote(`https://github.com/${values.scope}/${values.id}`)}
license: ${quote(values.license)}
main: ./dist/index.js
category: ${template.category}
tags: [${values.type}]
minVersion: 1.6.0
changelog: ./CHANGELOG.md

# What is packed, besides this file, README.md and LICENSE.
files: [dist, config-schema.json, CHANGELOG.md]

# Names of environment variables. The plugin reads them from context.config, in camelCase.
config:
  schema: ./config-schema.json
  required: [${keys(template.config, true)}]
  optional: [${keys(template.config, false)}]

${template.manifest}`;
}

function keys(config: readonly ConfigKey[], required: boolean): string {
  return config
    .filter((entry) => entry.required === required)
    .map((entry) => entry.key)
    .join(', ');
}
