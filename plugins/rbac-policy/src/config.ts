export interface RbacConfig {
  readonly policyFile: string;
  /** Whether what is denied is denied, or only logged. */
  readonly enforce: boolean;
  readonly audit: 'denied' | 'all' | 'none';
}

const MODES: readonly unknown[] = ['enforce', 'dry-run'];
const AUDITS: readonly RbacConfig['audit'][] = ['denied', 'all', 'none'];

/** @throws {TypeError} naming the variable, if a value cannot be used */
export function parseConfig(config: Readonly<Record<string, unknown>>): RbacConfig {
  const { rbacPolicyFile: policyFile, rbacMode: mode = 'enforce', rbacAudit = 'denied' } = config;
  if (typeof policyFile !== 'string' || policyFile === '')
    throw new TypeError('RBAC_POLICY_FILE must name the file of the policy.');
  if (!MODES.includes(mode)) throw new TypeError('RBAC_MODE must be enforce or dry-run.');
  const audit = AUDITS.find((each) => each === rbacAudit);
  if (!audit) throw new TypeError('RBAC_AUDIT must be denied, all or none.');
  return { policyFile, enforce: mode === 'enforce', audit };
}
