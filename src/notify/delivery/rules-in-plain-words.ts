import { anyOf, inOrder } from '../../text/any-of.ts';
import type { ReplyRule } from './reply-rule.ts';

/** What to do where our quota is used up. */
export const quotaAdvice =
  'The mail account has used up what it may send. Wait until the provider allows more, raise the limit, '
  + 'or set LATCHKEY_MAIL_PER_MINUTE lower.';
/** What to do where our account is stopped. */
export const suspendedAdvice = 'The mail provider has stopped this account from sending. Ask the provider why.';

/** What hosts say in plain words of the sender's own account, where others mean the recipient's mailbox. */
export const rulesInPlainWords: readonly ReplyRule[] = [
  // Our quota, told of the sender in so many words: what else is said of a mailbox is said of ours.
  {
    means: 'account',
    words: anyOf(
      inOrder(
        /(?:quota|limit|credits?)s? (?:has been |is |was )?(?:exceeded|reached|used up|exhausted)/,
        / (?:for|by) (?:the |this |your )?sender/,
      ),
      /(?:mail|message|e-?mail|smtp|send(?:ing)?) quota exceeded for (?:the |this |your )?(?:account|user)/,
      /(?:over|above) (?:the |its |your )?(?:sending|outgoing|smtp|submission) (?:quota|limit)/,
      /payment required|(?:unpaid|overdue) (?:invoice|balance|account)|account (?:is )?(?:overdue|unpaid|past due)/,
    ),
    unless: /mailbox of (?:the )?recipient|recipient'?s? mailbox/i,
    advice: quotaAdvice,
  },
  {
    means: 'account',
    words: anyOf(
      inOrder(
        /(?:account|mailbox|user|sender)\b.{0,60}/,
        /(?:disabled|suspended|blocked|locked|deactivated|closed|inactive|full|over ?quota)\b.{0,60}/,
        anyOf(
          /due to abuse|for abuse|(?:can ?not|can't|unable to|may not) send\b/,
          /contact your (?:e-?mail |mail |hosting |service )*(?:provider|administrator|host)/,
        ),
      ),
      /(?:you|your account) (?:can ?not|can't|may not) send (?:any )?(?:more )?(?:e-?mail|mail|messages)/,
    ),
    unless: /you tried to reach|(?:this|the) recipient|recipient'?s? (?:account|mailbox|has)|to this (?:user|address)/i,
    advice: suspendedAdvice,
  },
];
