import type { HealthStatus, PluginContext, PolicyDecision, PolicyPlugin } from '@ar-registry/sdk';
import { openAuditLog, type AuditLog } from './audit-log.ts';
import { parseConfig, type RbacConfig } from './config.ts';
import { openPolicyFile, type PolicyFile } from './policy-file.ts';
import { decide, rateLimitOf, type Decision } from './policy/decide.ts';
import type { Question } from './policy/policy.ts';

/** One load of the plugin. */
interface Loaded {
  readonly context: PluginContext;
  readonly config: RbacConfig;
  readonly file: PolicyFile;
  readonly audit: AuditLog;
  readonly timer: NodeJS.Timeout;
}

/** How often the file of the policy is looked at. */
const REFRESH_MS = 2000;
const NOT_LOADED: PolicyDecision = { allowed: false, reason: 'the policy is not loaded', policySource: 'default' };

/** Roles with permissions. Until a policy is loaded, and after it is unloaded, nothing is allowed. */
export function createRbacPolicy(now: () => Date): PolicyPlugin {
  let loaded: Loaded | undefined;

  const answer = async (question: Question): Promise<PolicyDecision> => {
    if (!loaded) return NOT_LOADED;
    const { config, context, file } = loaded;
    const decision = decide(file.current(), question);
    const enforced = config.enforce;
    context.metrics.counter('decisions', 1, { action: question.action, allowed: String(decision.allowed) });
    record(loaded, question, { decision, now: now() });
    if (decision.allowed || enforced) return toAnswer(decision);
    return { ...toAnswer(decision), allowed: true, reason: `dry run, would be denied: ${decision.reason}` };
  };

  return {
    async onLoad(context) {
      loaded = await load(context, now);
    },

    async onUnload() {
      const last = loaded;
      loaded = undefined;
      if (!last) return;
      clearInterval(last.timer);
      await last.audit.close();
    },

    health: async () => (loaded ? healthOf(loaded) : { status: 'unhealthy', message: 'Not loaded.' }),

    canMessage: (agent, target) => answer({ action: 'message', agent, target }),
    canSpawn: (agent, target, cli) => answer({ action: 'spawn', agent, target, cli }),
    canUseTool: (agent, target) => answer({ action: 'tool', agent, target }),

    async getAgentPolicy(agent) {
      if (!loaded) return { matchedPolicy: {} };
      const { config, file } = loaded;
      const rateLimit = config.enforce ? rateLimitOf(file.current(), agent) : undefined;
      return { matchedPolicy: rateLimit === undefined ? {} : { rateLimit } };
    },
  };
}

async function load(context: PluginContext, now: () => Date): Promise<Loaded> {
  const config = parseConfig(context.config);
  const file = await openPolicyFile(config.policyFile, eventsOf(context));
  const audit = await openAuditLog(context.dataDir, () => now().getTime());
  const timer = setInterval(() => void file.refresh(), REFRESH_MS).unref();
  const { roles, agents } = file.current();
  const mode = config.enforce ? 'enforce' : 'dry-run';
  context.logger.info('Policy loaded.', { mode, roles: roles.size, entries: agents.length });
  return { context, config, file, audit, timer };
}

async function healthOf({ file, audit, config }: Loaded): Promise<HealthStatus> {
  // Whoever asks wants to know of the file as it is now.
  await file.refresh();
  const { lost, failure } = audit.status();
  const details = { mode: config.enforce ? 'enforce' : 'dry-run', roles: file.current().roles.size, lost };
  const problem = file.problem();
  if (problem !== undefined) return { status: 'degraded', message: `An earlier policy counts. ${problem}`, details };
  if (failure !== undefined) return { status: 'degraded', message: `Decisions cannot be logged: ${failure}`, details };
  if (lost > 0) return { status: 'degraded', message: `${lost} decisions were not logged.`, details };
  return { status: 'healthy', details };
}

function eventsOf({ logger, metrics }: PluginContext) {
  return {
    onChange: ({ roles, agents }: ReturnType<PolicyFile['current']>): void =>
      logger.info('Policy changed.', { roles: roles.size, entries: agents.length }),
    onProblem: (problem: string): void => {
      metrics.counter('policy_failures');
      logger.error('The policy as it is now cannot be used; the earlier one counts.', { problem });
    },
  };
}

function toAnswer({ allowed, reason, rule }: Decision): PolicyDecision {
  return { allowed, reason, policySource: rule ? 'local' : 'default' };
}

function record(
  { audit, config }: Loaded,
  { action, agent, target, cli }: Question,
  { decision, now }: { readonly decision: Decision; readonly now: Date },
): void {
  const { allowed, rule, roles, reason } = decision;
  if (config.audit === 'none' || (config.audit === 'denied' && allowed)) return;
  audit.write({
    ts: now.toISOString(),
    action,
    agent: bounded(agent),
    target: bounded(target),
    ...(cli === undefined ? {} : { cli: bounded(cli) }),
    allowed,
    enforced: config.enforce,
    roles,
    ...(rule ? { rule: `${rule.role}#${rule.number}` } : {}),
    reason: bounded(reason),
  });
}

/** Names come from whoever connects. */
function bounded(text: string): string {
  return text.length <= 500 ? text : `${text.slice(0, 500)}…`;
}
