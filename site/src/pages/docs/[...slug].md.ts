/** The same pages as Markdown, for programs that read. */
import type { APIRoute } from 'astro';
import type { DocsPage } from '../../docs/contents.ts';
import { PAGES, guideText, referenceOf } from '../../docs/library.ts';
import { referenceText } from '../../docs/reference-text.ts';

export const getStaticPaths = (): readonly {
  readonly params: { readonly slug: string };
  readonly props: { readonly page: DocsPage };
}[] => PAGES.map((page) => ({ params: { slug: page.slug }, props: { page } }));

export const GET: APIRoute<{ readonly page: DocsPage }> = ({ props: { page } }) => {
  const { slug, title, schema } = page;
  const text = schema === undefined ? guideText(slug) : referenceText(title, referenceOf(schema));
  return new Response(text, { headers: { 'content-type': 'text/markdown; charset=utf-8' } });
};
