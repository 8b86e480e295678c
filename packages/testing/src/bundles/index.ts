export { entryOf, fitList, pathAt, putTogether, takeApart, type BundleParts } from './bundle-parts.ts';
