/** The same pages as Markdown, for programs that read. */
import type { APIRoute } from 'astro';
import { guideText, pageOf, referenceOf } from '../../docs/library.ts';
import { referenceText } from '../../docs/reference-text.ts';

export const GET: APIRoute = ({ params }) => {
  const { slug, title, schema } = pageOf(params['slug'] ?? '');
  const text = schema === undefined ? guideText(slug) : referenceText(title, referenceOf(schema));
  return new Response(text, { headers: { 'content-type': 'text/markdown; charset=utf-8' } });
};
