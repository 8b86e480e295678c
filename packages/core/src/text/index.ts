export { editDistance, nearest } from './distance.ts';
export { hideCredentials, stripControl, toSingleLine, truncate } from './text.ts';
