export { toCamelCase } from './camel-case.ts';
export { editDistance, nearest } from './distance.ts';
export { hideCredentials, stripControl, toSingleLine, truncate } from './text.ts';
