/** A reference as Markdown: the twin of its page. */
import type { Field, SchemaReference } from './schema-reference.ts';

export function referenceText(title: string, { description, fields, branches }: SchemaReference): string {
  const tables = branches.flatMap((branch) => ['', `## \`${branch.title}\``, '', ...table(branch.fields)]);
  return `${[`# ${title}`, '', description, '', ...table(fields), ...tables].join('\n')}\n`;
}

function table(fields: readonly Field[]): readonly string[] {
  const rows = fields.map(
    ({ path, type, isRequired, says }) =>
      `| \`${path}\` | ${cell(type)} | ${isRequired ? 'yes' : ''} | ${cell(says)} |`,
  );
  return ['| field | type | required | |', '| --- | --- | --- | --- |', ...rows];
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}
