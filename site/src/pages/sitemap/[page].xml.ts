import type { APIRoute } from 'astro';
import { absolute } from '../../lib/href.ts';
import { allPages } from '../../machine/site-pages.ts';
import { sitemapCount, sitemapXml } from '../../machine/sitemap.ts';

export const getStaticPaths = (): readonly { readonly params: { readonly page: string } }[] =>
  Array.from({ length: sitemapCount(allPages().length) }, (_, index) => ({ params: { page: String(index + 1) } }));

export const GET: APIRoute = ({ params }) =>
  new Response(sitemapXml(allPages(), Number(params['page']), absolute), {
    headers: { 'content-type': 'application/xml; charset=utf-8' },
  });
