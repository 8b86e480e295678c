import type { APIRoute } from 'astro';
import { absolute } from '../lib/href.ts';
import { allPages } from '../machine/site-pages.ts';
import { sitemapCount, sitemapIndexXml } from '../machine/sitemap.ts';

export const GET: APIRoute = () =>
  new Response(sitemapIndexXml(sitemapCount(allPages().length), absolute), {
    headers: { 'content-type': 'application/xml; charset=utf-8' },
  });
