export { toCamelCase } from './camel-case.ts';
export { editDistance, nearest } from './distance.ts';
export { hideCredentials, maskPasswords, printableJson, stripControl, toSingleLine, truncate } from './text.ts';
