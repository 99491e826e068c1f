import type { ReplyRule } from './reply-rule.ts';
import { rulesAboutRecipients } from './rules-about-recipients.ts';
import { rulesAboutUs } from './rules-about-us.ts';

/** The first rule that matches decides: ours before theirs, special before general, words before codes. */
export const replyRules: readonly ReplyRule[] = [...rulesAboutUs, ...rulesAboutRecipients];
