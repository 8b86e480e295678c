/** What a page is given, while pages are worked on: planned once, when the first is asked for. */
import type { Overview } from '../data/overview.ts';
import type { PageData } from '../data/page-data.ts';
import { readSettings } from '../data/settings.ts';
import { site } from '../data/site.ts';
import { makePlan, type Planned } from './plan.ts';

let plan: Planned | undefined;

/** @param pathname as a browser asks for it */
export function planPage(pathname: string): { readonly overview: Overview } & Partial<PageData> {
  plan ??= makePlan(site, Date.now());
  const path = `/${pathname.slice(readSettings().base.length)}`;
  for (const group of plan.groups)
    for (const item of group())
      if (item.kind === 'page' && (item.path === path || item.path === `${path}/`))
        return { overview: plan.overview, ...item.data };
  return { overview: plan.overview };
}
