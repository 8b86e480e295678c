/** The page of a plugin: tabs, copying, and numbers fresher than the page. */
import { startCopy } from './copy.ts';
import { startStats } from './stats.ts';
import { startTabs } from './tabs.ts';

startTabs();
startCopy();
void startStats();
