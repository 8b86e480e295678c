export { toPackument } from './packument.ts';
