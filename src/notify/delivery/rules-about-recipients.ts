import { anyOf, inOrder } from '../../text/any-of.ts';
import type { ReplyRule } from './reply-rule.ts';

/** What servers say of the recipient's mailbox and address, and of the message. */
export const rulesAboutRecipients: readonly ReplyRule[] = [
  // A mailbox without room.
  { means: 'full', status: /^2\.2$/ },
  {
    means: 'full',
    words: anyOf(
      inOrder(
        /(?:mailbox|inbox|account|recipient|user|maildir|folder)\b.{0,60}/,
        /(?:\bfull\b|over ?quota|out of (?:storage|space)|quota|size limit|storage limit|too large|exceed)/,
      ),
      inOrder(
        /(?:over|exceed\w*|above|beyond) /,
        /(?:its |their |his |the |allocated |mail |disk |storage |user |hard |soft )*/,
        /(?:quota|storage|space|allocation)/,
      ),
      /quota exceeded|insufficient (?:system |mail |disk )?(?:storage|space)/,
      /(?:disk|mail|storage) (?:space|quota|limit)|overquota|not enough (?:storage|space)/,
      /no (?:storage|space) left/,
    ),
    unless: /insufficient system resources/i,
  },

  // The message itself.
  { means: 'message', status: /^(?:3\.4|2\.3)$/ },
  {
    means: 'message',
    words: /(?:message|size|mail).{0,30}(?:too (?:large|big)|exceeds)|too many (?:hops|received)|\bloop\b/i,
  },

  { means: 'rate', status: /^(?:7\.50[08]|2\.12[0-9])$/, unless: /recipient/i },
  {
    means: 'rate',
    words: anyOf(
      /\btoo (?:many|much|fast|quickly|frequent)|\brate\b|\bthrottl|\bslow(?:ing)? down\b/,
      /\b(?:limit|quota)s?\b.*\b(?:exceeded|reached|hit)\b|\bexceed(?:s|ed|ing)?\b.*\b(?:limit|quota)/,
    ),
    unless: /too many (?:invalid|unknown|bad|errors|recipients)|nonexist/i,
  },

  // No such mailbox. Microsoft's edge says it with 5.4.1, many say it with words alone.
  { means: 'noMailbox', status: /^1\.(?:1|10|351)$/, unless: /null mx/i },
  { means: 'noMailbox', status: /^1\.0$/, words: /address rejected/i, unless: /sender|spam|policy/i },
  { means: 'noMailbox', status: /^4\.1$/, words: /recipient address rejected|access denied|recipient/i },
  {
    means: 'noMailbox',
    words: anyOf(
      /no such (?:user|mailbox|recipient|person|address|account|local|e?-?mail|name)/,
      inOrder(
        /(?:user|recipient|mailbox|mail ?box|account|address(?:ee)?|alias|person|local part|mail drop)\b.{0,60}/,
        anyOf(
          /\bunknown|not (?:be )?found|not exist|n't exist|not (?:a )?(?:known|valid|listed|recogni[sz]ed|here|our)/,
          /n't have an?|no longer (?:exists|here|valid|on|with|available|active|in use)|\binvalid|n't found/,
          /unavailable/,
        ),
      ),
      inOrder(
        anyOf(
          /unknown|invalid|bad|nonexist[ae]nt|non-existent|undeliverable/,
          /unroutable|unrouteable|unrecogni[sz]ed|incorrect/,
        ),
        / (?:or \w+ )?/,
        /user|recipient|mailbox|address|local.?part|account|destination mailbox|e?-?mail|virtual|alias/,
      ),
      /not a (?:known|valid|current|local) (?:user|recipient|mailbox|address)|no mailbox|RecipientNotFound/,
      /RecipNotFound|doesn.t (?:have|exist)|user doesn|unknown to (?:this|us)|not known (?:here|at)/,
      /no account (?:by|with)|\bdd (?:this )?user|unable to find (?:user|recipient|mailbox)/,
      /couldn't be found|empf(?:ä|ae?)nger.{0,20}unbekannt|benutzer.{0,20}(?:unbekannt|nicht)/,
      /adresse.{0,20}(?:inconnue|nicht gefunden)|(?:utilisateur|destinataire).{0,40}(?:inconnu|invalide)/,
      /(?:utente|destinatario).{0,20}sconosciut|destinatario.{0,20}(?:desconocido|inesistente)/,
      /usuario.{0,20}(?:desconocido|inexistente)/,
    ),
    unless: anyOf(
      /\bspam\b|sender|policy|content|virus|temporar|try again|unsolicited|blocked|suspicious|restricted/,
      /(?:host|domain|name server|mx).{0,30}(?:not found|unknown)|server (?:not found|unknown)|disabled/,
      /inactive/,
    ),
  },

  { means: 'noMailbox', status: /^2\.1$/, unless: /temporar|try again|spam|policy/i },
  {
    means: 'noMailbox',
    words: inOrder(
      /(?:mailbox|account|user|recipient|address)\b.{0,60}/,
      /disabled|inactive|suspended|deactivated|closed|discontinued|expired|terminated|frozen|not active|has moved/,
    ),
    unless: /temporar|try again|spam|policy|sender/i,
  },

  // Addresses that cannot work.
  { means: 'dead', status: /^(?:1\.[0-69]\d?|4\.4|4\.310)$/, unless: /temporar|try again|spam|policy/i },
  {
    means: 'dead',
    words: anyOf(
      /(?:host|domain)(?: name)?\b.{0,60}(?:not found|unknown|n.t exist|not exist|no mx|null mx|does not accept mail)/,
      /null mx|unrouteable (?:mail )?domain|nxdomain|no (?:valid )?mx|bad destination/,
      /(?:bad|malformed|invalid) (?:address|recipient|mailbox) syntax|NoEmail|mailbox name not allowed/,
    ),
    unless: /temporar|try again|spam|policy|sender|name server|servfail/i,
  },

  { means: 'message', status: /^(?:7\.\d+|6\.\d+|3\.\d+|2\.\d+)$/ },
  {
    means: 'message',
    words: anyOf(
      /spam|\bDT:SPM\b|rejected by (?:the )?(?:destination|recipient)|permanent failure for one or more/,
      /policy|polic(?:ies)|content|unsolicited|bulk|junk|prohibited|blocked|suspicious|not accepted/,
      /restricted|permission|denied|refused by|RBLs?/,
    ),
  },
];
