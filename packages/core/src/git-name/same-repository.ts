/** `git@host:a/b.git`, `ssh://git@host/a/b` and `https://HOST/a/b` are one repository. */
export function isSameRepository(a: string, b: string): boolean {
  return canonical(a) === canonical(b);
}

function canonical(url: string): string {
  const [, host = '', path = ''] =
    /^(?:git\+)?(?:https?|ssh|git):\/\/(?:[^@/]*@)?([^/]+)\/(.*)$/i.exec(url) ??
    /^[^@/]+@([^:/]+):(.*)$/.exec(url) ??
    [];
  return host === '' ? url : `${host.toLowerCase()}/${path.replace(/\/$/, '').replace(/\.git$/, '')}`;
}
