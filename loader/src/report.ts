import { stripControl } from '@ar-registry/core/text';
import type { ArError } from '@ar-registry/core/errors';
import type { LoadedPlugin } from './loaded-plugin.ts';

/** One line for a plugin, and for one that failed a second with what to do. Safe to print. */
export function describeLoaded(plugin: LoadedPlugin): string {
  const { name, version, type, status, error } = plugin;
  const head = [version === undefined ? name : `${name}@${version}`, type, status].filter((part) => part !== undefined);
  const line = stripControl(head.join(' ')).replaceAll('\n', ' ');
  return error === undefined ? line : `${line} ${describeError(error)}`;
}

/** `CODE message` and, on a line of its own, the remedy. */
export function describeError({ code, message, remedy }: ArError): string {
  return `${code} ${oneLine(message)}\n  ${oneLine(remedy)}`;
}

function oneLine(text: string): string {
  return stripControl(text).replaceAll(/\s*\n\s*/g, ' ');
}
