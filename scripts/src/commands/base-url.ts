import { usage } from '../args.ts';

/** An address without a slash at its end. @param help the command that tells more @throws USAGE */
export function parseBaseUrl(text: string, help: string): string {
  const url = URL.parse(text);
  if (url && /^https?:$/.test(url.protocol) && url.search === '' && url.hash === '') return text.replace(/\/+$/, '');
  throw usage('--base-url is not an address that starts with http:// or https://.', help);
}
