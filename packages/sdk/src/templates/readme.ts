import { escapeMarkdown } from './quote.ts';
import type { ConfigKey, TemplateValues, TypeTemplate } from './type-template.ts';

/** The text of `README.md`. */
export function readmeFile(values: TemplateValues, template: TypeTemplate): string {
  return `# ${values.name}

${escapeMarkdown(values.description)}

${template.usage}
## Installation

\`\`\`bash
ar plugin install ${values.name}
\`\`\`

## Configuration

${configuration(template.config)}
## Development

\`\`\`bash
npm install
npm run build
npm test
ar plugin validate .
ar plugin publish .
\`\`\`
`;
}

function configuration(config: readonly ConfigKey[]): string {
  if (config.length === 0) return 'None.\n';
  const rows = config.map(({ key, required, meaning }) => `| \`${key}\` | ${required ? 'yes' : 'no'} | ${meaning} |\n`);
  return `Set these in the environment, or in camelCase under \`config\` of the plugin's entry in \`ar.config.ts\`.

| key | required | meaning |
| --- | --- | --- |
${rows.join('')}`;
}
