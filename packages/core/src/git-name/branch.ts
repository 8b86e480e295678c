/** Whether `name` can be a branch, by git's rules and without anything that a shell or git could take for more. */
export function isBranchName(name: string): boolean {
  return (
    name.length <= 200 &&
    /^[A-Za-z0-9_@][A-Za-z0-9._/@+-]*$/.test(name) &&
    !/\.\.|\/\/|\/\.|@\{|\.lock(?:\/|$)|[./]$|^@$/.test(name)
  );
}
