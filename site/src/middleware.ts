/** Hands what went wrong to who asked for the page: Astro answers with an empty page of status 500. */
import { defineMiddleware } from 'astro/middleware';

export const onRequest = defineMiddleware(async ({ locals, url }, next) => {
  // `astro dev` asks for pages without knowing what they are given.
  if (import.meta.env.DEV) {
    const { planPage } = await import('./build/plan-page.ts');
    Object.assign(locals, planPage(url.pathname));
  }
  try {
    return await next();
  } catch (error) {
    locals.fail?.(error);
    throw error;
  }
});
