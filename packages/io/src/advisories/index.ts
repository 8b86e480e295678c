export { createAdvisoryStore, type AdvisoryStore } from './advisory-store.ts';
export { lockedUrl } from './locked-url.ts';
