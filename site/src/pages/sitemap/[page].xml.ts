import type { APIRoute } from 'astro';
import { absolute } from '../../lib/href.ts';
import { allPages } from '../../machine/site-pages.ts';
import { sitemapXml } from '../../machine/sitemap.ts';

export const GET: APIRoute = ({ params }) =>
  new Response(sitemapXml(allPages(), Number(params['page']), absolute), {
    headers: { 'content-type': 'application/xml; charset=utf-8' },
  });
