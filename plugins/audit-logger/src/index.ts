import { createAuditLogger } from './plugin.ts';

export default createAuditLogger(() => new Date());
