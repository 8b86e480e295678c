/** Hands what went wrong to who asked for the page: Astro answers with an empty page of status 500. */
import { defineMiddleware } from 'astro/middleware';

export const onRequest = defineMiddleware(async ({ locals }, next) => {
  try {
    return await next();
  } catch (error) {
    locals.fail?.(error);
    throw error;
  }
});
