import { anyOf, inOrder } from '../../text/any-of.ts';
import type { ReplyRule } from './reply-rule.ts';
import { quotaAdvice as quota, rulesInPlainWords, suspendedAdvice as suspended } from './rules-in-plain-words.ts';

const signIn = 'The mail server wants us to sign in. Check the user and the password in SMTP_URL.';
const sender =
  'The mail server does not let this account send as MAIL_FROM (or as LATCHKEY_BOUNCE_ADDRESS). Give it '
  + 'the right to, or verify the sender at the provider.';
const relay = 'The mail server does not relay for us. Check host, port and credentials in SMTP_URL.';
const blocklist =
  'The IP address or the host that mail leaves from is on a blocklist or has a bad reputation. Ask the '
  + 'provider, or have it delisted.';
const domain =
  'Mail from the domain of MAIL_FROM is not authenticated. Set up SPF, DKIM and DMARC for it, and the '
  + "sending host's name in DNS.";
const secure = 'The mail server wants an encrypted connection. Use smtps://, or requireTLS=true in SMTP_URL.';

/** Words that speak of the recipient where the same status may speak of us. */
const ofRecipient = /recipient address rejected|to address|rcpt to|recipient.{0,20}(?:unknown|not found)/i;

/** What policy services and providers say of how much we send, of our account, our host and our domain. */
export const rulesAboutUs: readonly ReplyRule[] = [
  // Greylisting, and a recipient who gets too much: the next recipient may well be taken.
  { means: 'message', words: /gr[ae]y-?list/i },
  {
    means: 'full',
    words: /receiving (?:e?-?mail|messages) (?:at a rate|too (?:quickly|fast))|recipient.{0,30}receive limit/i,
  },

  { means: 'message', words: /RESOLVER\.RST/ },
  // A provider's own memory of an address.
  {
    means: 'dead',
    words: /marked as inactive|previously bounced|bounced address|on (?:the |our )?(?:account )?suppression list/i,
  },

  // What policy services and hosting panels count of us, hour by hour.
  {
    means: 'rate',
    words: anyOf(
      /policy.{0,40}\bquota\b|max(?:imum)?\b.{0,30}\b(?:per|an) hour|frequency limit|\brate ?-?limit/,
      /unexpected volume|too many recipients|\b(?:RP|MI):(?:CEL|QRC|TRC|RCL|DMC|CCL)\b/,
    ),
    unless: /daily|per day|24.?hour/i,
  },

  ...rulesInPlainWords,

  // Our quota.
  {
    means: 'account',
    words: anyOf(
      /SubmissionQuota|submission quota/,
      inOrder(
        /(?:daily|hourly|monthly|24.?hour|user|smtp|sender'?s?|sending|outgoing|account|message|recipient|email) /,
        /(?:user |smtp |e?-?mail |message |sending |sender |relay |recipients? )*/,
        /(?:quota|limit)s?\b.{0,40}(?:exceed|reach|used)/,
      ),
      inOrder(
        /(?:exceed|reach)(?:ed|s)?\b.{0,40}\b/,
        anyOf(
          /(?:daily|hourly|monthly|24.?hour|sending|submission|outgoing|messaging)\b|external recipients?\b/,
          /maximum number of (?:e?-?mails?|messages)\b/,
        ),
      ),
      /(?:quota|limit) for sending|credits? (?:exceeded|exhausted|used)|(?:out of|enough|no) credits/,
      /\bTERRL\b|daily limit for (?:message )?recipients/,
      /(?:messages|e-?mails|recipients) (?:per|a|each|in (?:a|one)) (?:day|24)/,
      /too many .{0,40}\b(?:today|per day|a day)\b|(?:your|the) (?:relay|sending|outgoing) (?:quota|limit)/,
      /limit f(?:ü|ue)r ausgehende|limite d.envoi|(?:versand|sende)(?:limit|kontingent|quota)/,
      /l[ií]mite de env[ií]o/,
    ),
    unless: /mailbox|storage|disk|inbox|over ?quota|message size|per (?:minute|second)|(?:sending|send) rate|requests/i,
    advice: quota,
  },
  { means: 'account', status: /^4\.5$/, unless: /recipient|mailbox|loop/i, advice: quota },
  { means: 'account', status: /^(?:1\.90|7\.23[23])$/, advice: quota },

  // Our account.
  {
    means: 'account',
    words: anyOf(
      /sending (?:has been |is |was )?(?:suspended|paused|disabled|blocked)/,
      /out(?:going|bound) (?:e-?)?mail .{0,60}(?:suspended|disabled|blocked|stopped)/,
      /sending .{0,40}account.{0,30}(?:suspended|disabled|blocked)/,
      inOrder(
        /(?:votre|ihr|su|il (?:tu|suo)) (?:compte|konto|cuenta|account)\b/,
        /.{0,40}(?:bloqu|suspend|gesperrt|deaktiviert|bloccato|sospes|désactiv)/,
      ),
      inOrder(
        /(?:your|our|this|sender'?s?|sending|smtp) (?:[\w-]+ )?account (?:[\w-]+ ){0,3}/,
        /(?:suspended|disabled|blocked|locked|paused|deactivated|under review|not (?:allowed|active)|pending)/,
      ),
      /account .{0,30}(?:for sending|from sending)/,
      /not allowed to send\b(?!.{0,20} (?:as|to|from|on behalf)\b)|sandbox|free accounts are for test/,
      /probation|pending approval|account (?:is )?under review|(?:bounce|complaint) rate/,
      /suspended from sending|(?:konto|account|postfach).{0,60}gesperrt/,
      /(?:tenant|organization) .{0,40}(?:exceeded|blocked|threshold)|blocked from sending/,
      /(?:banned|bad outbound) sender|spam abuse detected|trial account|unusual sending activity/,
    ),
    unless: anyOf(
      /(?<!your )mailbox|you tried to reach|(?:this|the) recipient|recipient'?s? (?:account|mailbox|has)/,
      /delivery error|(?:your )?message to .{0,80}(?:not|n't) be delivered/,
    ),
    advice: suspended,
  },
  {
    means: 'account',
    status: /^(?:7\.(?:50[1-7]|511|70[1-9]|750)|1\.8)$/,
    unless: /domain not found|helo/i,
    advice: suspended,
  },

  // Signing in.
  {
    means: 'account',
    words: anyOf(
      /authentication (?:is )?(?:required|unsuccessful|failed|needed)|authentication credentials invalid/,
      /(?:must|please|need to) (?:first )?(?:log ?in|authenticate|be authenticated|sign in)/,
      /(?:client|user|you) (?:was |is |are )?not (?:logged in|authenticated)|SmtpClientAuthentication/,
      /basic authentication is (?:not supported|disabled)|username and password not accepted/,
      /web login required|application-specific password/,
    ),
    advice: signIn,
  },
  { means: 'account', status: /^7\.(?:3|57|139|8|9)$/, unless: ofRecipient, advice: signIn },
  {
    means: 'account',
    words:
      /must issue a? ?starttls|starttls (?:is )?required|(?:tls|encryption) (?:is )?(?:required|needed) (?:for|to)/i,
    advice: secure,
  },

  // Our sender.
  {
    means: 'account',
    words: anyOf(
      /SendAsDenied|send (?:as|on behalf of) (?:this |that )?(?:sender|user|.{0,3}$)/,
      /permissions? to send as/,
      /not (?:allowed|authori[sz]ed|permitted|have permission) to (?:send|use).{0,40}(?:\bas\b|from|sender|address)/,
      inOrder(
        /sender (?:e-?mail |mail )?(?:address )?/,
        anyOf(
          /rejected|denied|refused|(?:is )?not allowed|not authori[sz]ed|not verified|not owned/,
          /verify failed|invalid|unknown|blocked/,
        ),
      ),
      /sender (?:domain|address).{0,40}(?:not (?:exist|found|verified|allowed|valid)|must|invalid)/,
      /invalid sender|unauthori[sz]ed (?:sender|from)|unauthenticated senders/,
      /(?:from|sender) .{0,40}(?:not match|not verified|verified sender|sender signature|does not match|not owned)/,
      /not owned by|(?:address|identit(?:y|ies)|domain).{0,40}(?:is|are|has) ?not (?:been )?verified/,
      /failed the check in region|bad sender|sender signature|mail ?from\b.{0,40}\bmust (?:be|equal|match)/,
      /(?:sender|sending|from)\b.{0,60}not (?:been )?(?:validated|confirmed|configured|registered|activated)/,
      /absender\S* .{0,30}(?:nicht (?:erlaubt|zul)|abgelehnt|ung(?:ü|ue)ltig)/,
      inOrder(
        /un(?:configured|registered|verified|validated|confirmed|authori[sz]ed)/,
        / (?:sending |sender )?(?:domain|address|identity|ip\b)/,
      ),
      /not authori[sz]ed to perform|envelope sender .{0,30}(?:rejected|invalid)|sender address has null mx/,
    ),
    unless: ofRecipient,
    advice: sender,
  },
  { means: 'account', status: /^(?:2\.252|7\.60|1\.7|1\.20|7\.27)$/, unless: /spf|dkim|recipient/i, advice: sender },

  // Relaying.
  {
    means: 'account',
    words: anyOf(
      inOrder(
        /relay(?:ing)? (?:access )?(?:is )?/,
        /(?:denied|not permitted|not allowed|disallowed|prohibited|refused|forbidden|rejected)/,
      ),
      inOrder(
        anyOf(
          /unable|not (?:permitted|allowed|authori[sz]ed)|refus\w+|denied|cannot|can't/,
          /do(?:es)? not|won't|will not|no/,
        ),
        / (?:to )?relay/,
      ),
      /not a relay|open relay|relay not|TenantAttribution|not (?:a )?local(?:ly)? hosted|rejecting relay/,
      /allowed rcpthosts|rcpthosts/,
    ),
    advice: relay,
  },
  { means: 'account', status: /^7\.(?:54|64|367)$/, advice: relay },

  // The content names a blocked link: a matter of this message, whatever list it is on.
  { means: 'message', words: /\b(?:urls?|uris?|links?|uribl|surbl|phish\w*|virus|malware|attachment)\b/i },

  // Where mail leaves from.
  {
    means: 'account',
    words: anyOf(
      /spamhaus|spamcop|sorbs|barracuda|uceprotect|invaluement|abusix|cloudmark|senderbase|senderscore/,
      /\bcbl\b|\bdnsbl\b|\brbls?\b|\b[sx]bl\b|\bpbl\b|block ?list|black ?list/,
      /(?:banned|blocked) (?:sending )?(?:ip|host|network)|\bOFR_50\d|client \[.{0,60}blocked using/,
      /(?:client )?host .{0,60}(?:blocked|rejected|denied|banned|listed)/,
      /\bips?\b.{0,60}(?:blocked|banned|listed|denied|reject|not accepted|reputation|unsolicited)/,
      /(?:poor|bad|low) reputation|reputation of|not accepted from this ip|traffic not accepted/,
      /connection refused.{0,30}(?:ip|policy)|\bS31[45]0\b|your network/,
      /mail from (?:your|this) (?:ip|host|server|network)|ipcheck|blocked - see|^554 ip=/,
      /reverse (?:dns|hostname|lookup)|\bptr\b|helo (?:command )?rejected|bad helo/,
    ),
    unless: /mailbox|authentication checks/i,
    advice: blocklist,
  },
  { means: 'account', status: /^7\.(?:25|60[6-9]|6[1-4]\d|1[89])$/, advice: blocklist },

  // Our domain.
  {
    means: 'account',
    words: anyOf(
      /\bdmarc\b|\bspf\b|\bdkim\b|unauthenticated e?-?mail/,
      inOrder(
        /(?:sender|sending domain|message|mail) (?:is |was )?/,
        /(?:unauthenticated|does(?:n't| not) (?:pass|meet).{0,40}authenticat)/,
      ),
      /required authentication level|authentication checks|domain of sender/,
      /sender domain .{0,20}(?:not found|exist)|unregistered domain/,
    ),
    advice: domain,
  },
  { means: 'account', status: /^7\.(?:2[0-46-7]|3[0-2]|40|509|515)$/, advice: domain },
];
