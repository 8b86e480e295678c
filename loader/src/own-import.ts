/** Takes `--import <url>` out of NODE_OPTIONS; everything else in it stays. */
export function forgetOwnImport(env: Record<string, string | undefined>, url: string): void {
  const own = `--import=${url}`;
  const left = (env['NODE_OPTIONS'] ?? '').split(' ').filter((option) => option !== own);
  env['NODE_OPTIONS'] = left.join(' ');
}
