export { npmPluginOf } from './from-documents.ts';
export { toPackument, type NpmPlugin } from './packument.ts';
