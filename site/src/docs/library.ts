/** The documentation as files: guides of `docs/`, schemas of `schemas/v1/`. Astro renders the guides. */
import { href } from '../lib/href.ts';
import { docsSections, type DocsPage, type DocsSection } from './contents.ts';
import { guideHtml } from './guide-html.ts';
import { describeSchema, type Schema, type SchemaReference } from './schema-reference.ts';

interface Guide {
  readonly rawContent: () => string;
  readonly compiledContent: () => Promise<string>;
}

const FOLDER = '../../../docs/';
const GUIDES = import.meta.glob<Guide>(['../../../docs/*.md', '../../../docs/guides/*.md'], { eager: true });
const SCHEMA_FOLDER = '../../../schemas/v1/';
const SCHEMAS = import.meta.glob<string>('../../../schemas/v1/**/*.schema.json', {
  eager: true,
  query: '?raw',
  import: 'default',
});

const HEADINGS = new Map(
  Object.entries(GUIDES).map(([file, { rawContent }]) => {
    const slug = file.slice(FOLDER.length, -'.md'.length);
    return [slug, /^# (.*)$/m.exec(rawContent())?.[1]?.replaceAll('`', '') ?? slug];
  }),
);

/** The navigation. */
export const SECTIONS: readonly DocsSection[] = docsSections(HEADINGS);
export const PAGES: readonly DocsPage[] = SECTIONS.flatMap(({ pages }) => pages);
const SLUGS = new Set(PAGES.map(({ slug }) => slug));

/** @throws Error for a slug that is not in the navigation */
export function pageOf(slug: string): DocsPage {
  const page = PAGES.find((each) => each.slug === slug);
  if (!page) throw new Error(`The documentation has no page ${slug}.`);
  return page;
}

/** @throws Error for a slug without a guide */
export async function guideOf(slug: string): Promise<string> {
  const html = await guide(slug).compiledContent();
  return guideHtml(html, { slug, href, has: (other) => SLUGS.has(other) });
}

/** A guide as its author wrote it. Its links lead to the twins of the other guides, which lie as their files do. */
export function guideText(slug: string): string {
  return guide(slug)
    .rawContent()
    .replace(/^<!--[\s\S]*?-->\s*/, '')
    .trimStart();
}

function guide(slug: string): Guide {
  const found = GUIDES[`${FOLDER}${slug}.md`];
  if (!found) throw new Error(`There is no guide ${slug}.`);
  return found;
}

/** @param schema its path below `schemas/v1/`, without the ending */
export function referenceOf(schema: string): SchemaReference {
  const file = `${schema}.schema.json`;
  return describeSchema(readSchema(file), file, readSchema);
}

function readSchema(file: string): Schema {
  return JSON.parse(schemaText(file)) as Schema;
}

/** @param file its path below `schemas/v1/` @throws Error where there is none */
export function schemaText(file: string): string {
  const text = SCHEMAS[SCHEMA_FOLDER + file];
  if (text === undefined) throw new Error(`There is no schema ${file}.`);
  return text;
}

/** All schemas, by path below `schemas/v1/`: each is served at its `$id`. */
export function schemaFiles(): readonly string[] {
  return Object.keys(SCHEMAS)
    .map((file) => file.slice(SCHEMA_FOLDER.length))
    .toSorted();
}
