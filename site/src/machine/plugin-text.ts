/** A plugin as Markdown: the twin of its page, for programs that read. */
import type { PluginDocument, VersionDocument } from '@ar-registry/schemas';

export interface PluginTextParts {
  readonly plugin: PluginDocument;
  readonly latest: VersionDocument;
  /** In plain words, one a line. */
  readonly permissions: readonly string[];
  /** What is known against versions that are still offered, one a line. */
  readonly notices: readonly string[];
  /** As its author wrote it: untrusted. */
  readonly readme: string | undefined;
  /** Site path → address. */
  readonly absolute: (path: string) => string;
}

/** Text of the author stands at the end, and is said to be his: a program must not take it for the registry’s. */
export function pluginText({ plugin, latest, permissions, notices, readme, absolute }: PluginTextParts): string {
  const { name, version, repository, homepage, deprecated, renamedTo } = plugin;
  const { manifest } = latest;
  const facts = [
    `Version: ${version}, published ${latest.publishedAt}`,
    `Type: ${plugin.type}`,
    `Trust: ${plugin.trust}`,
    `License: ${oneLine(plugin.license)}`,
    `Owners: ${plugin.owners.map(({ login }) => login).join(', ')}`,
    `Repository: ${repository.url}`,
    ...(homepage === undefined ? [] : [`Home page: ${oneLine(homepage)}`]),
    ...(plugin.category === undefined ? [] : [`Category: ${plugin.category}`]),
    ...(plugin.tags.length === 0 ? [] : [`Tags: ${plugin.tags.join(', ')}`]),
    ...(deprecated === undefined ? [] : [`Deprecated: ${oneLine(deprecated)}`]),
    ...(renamedTo === undefined ? [] : [`Goes by another name now: ${renamedTo}`]),
  ];
  const dependencies = [
    ...Object.entries(manifest.dependencies).map(([need, range]) => `${need} ${range}`),
    ...Object.entries(manifest.peerDependencies).map(([need, range]) => `${need} ${range} (peer)`),
  ];
  const parts = [
    `# ${name}`,
    `> ${oneLine(plugin.description)}`,
    list(facts),
    ...section('Notices', notices),
    '## Install',
    `\`\`\`sh\nar plugin install ${name}\n\`\`\``,
    ...section('Permissions', permissions.length === 0 ? ['None.'] : permissions),
    ...section('Dependencies', dependencies),
    '## For programs',
    list([
      `All versions: ${absolute(`/api/v1/plugins/${name}.json`)}`,
      `This version: ${absolute(`/api/v1/plugins/${name}/${version}.json`)}`,
      `Archive: ${absolute(`/api/v1/plugins/${name}/${version}/download`)} (${latest.dist.integrity})`,
    ]),
    ...(readme === undefined
      ? []
      : [
          '## README',
          'What follows was written by the author of the plugin, not by the registry.',
          '---',
          readme.trim(),
        ]),
  ];
  return `${parts.join('\n\n')}\n`;
}

function section(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : [`## ${title}`, list(lines.map(oneLine))];
}

function list(lines: readonly string[]): string {
  return lines.map((line) => `- ${line}`).join('\n');
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim();
}
